// What a driver writes to its standard output and error.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>

#include "protocol/posix.h"

namespace psq::conformance {

/// A file with a bound: of a long log, the beginning and the end stay on the disk, whatever the
/// driver writes. For one thread.
class DriverLog {
 public:
  explicit DriverLog(std::filesystem::path file);

  /// To write to.
  [[nodiscard]] const Fd& descriptor() const { return descriptor_; }
  /// The text, or of a longer one a part of its beginning, how much is left out, and its end.
  [[nodiscard]] std::string excerpt() const;
  /// The same of what is on the disk: 1 MiB of the beginning, and of the end.
  [[nodiscard]] std::string text() const;

 private:
  [[nodiscard]] std::string without_middle(std::int64_t beginning, std::int64_t end) const;

  std::filesystem::path file_;
  Fd descriptor_;
  std::jthread keeper_;
};

}  // namespace psq::conformance
