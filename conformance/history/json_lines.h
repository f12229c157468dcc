// The history format of spec/history-format.md: JSON Lines, one operation a line.
#pragma once

#include <istream>
#include <ostream>
#include <string>
#include <string_view>

#include "history/bad_file.h"
#include "history/history.h"

namespace psq::history {

/// The version of the format, as the first line has it.
inline constexpr int kFormatVersion = 1;

/// Reads a whole history; `name` is what errors call the stream.
/// Throws BadFile when it is not one: nothing is guessed, and nothing half read is returned.
[[nodiscard]] History read_json_lines(std::istream& in, const std::string& name);

/// Writes what read_json_lines reads back as an equal history. Whether the stream took it all is
/// for the caller to see.
void write_json_lines(std::ostream& out, const History& history);

/// The line of one operation, without its end; messages show it, too.
[[nodiscard]] std::string to_json_line(const History& history, std::size_t number);

}  // namespace psq::history
