// What is thrown for a history file that cannot be read.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

namespace psq::history {

/// Line and column count from 1; the column counts bytes. what() is
/// "NAME:LINE:COLUMN: what was found and what was expected".
class BadFile : public std::runtime_error {
 public:
  BadFile(const std::string& name, std::size_t at_line, std::size_t at_column,
          const std::string& problem)
      : std::runtime_error(name + ":" + std::to_string(at_line) + ":" + std::to_string(at_column) +
                           ": " + problem),
        line(at_line),
        column(at_column) {}

  std::size_t line;
  std::size_t column;
};

}  // namespace psq::history
