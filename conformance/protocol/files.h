// Files that the suite writes. Each error says which file, why, and what to do.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string_view>

namespace psq::conformance {

/// A file cannot be written: a full disk, a folder without permission.
struct CannotWrite : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Writes a whole file in place of what was there. Throws CannotWrite.
void write_file(const std::filesystem::path& path, std::string_view contents);

/// Adds a line, its end included. Leaves the file as it was when it throws CannotWrite: of a line
/// of which a part has room, nothing stays.
void append_line(const std::filesystem::path& path, std::string_view line);

/// Makes a folder and those above it. Throws CannotWrite.
void make_folder(const std::filesystem::path& path);

}  // namespace psq::conformance
