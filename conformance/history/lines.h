// The lines of a stream, read in large blocks: of a recording only one block is in memory at a
// time.
#pragma once

#include <cstddef>
#include <istream>
#include <optional>
#include <string>
#include <string_view>

namespace psq::history {

class Lines {
 public:
  /// Both must outlive the lines; `name` is what errors call the stream.
  Lines(std::istream& in, const std::string& name) : in_(in), name_(name) {}

  /// The next line without its end; nothing after the last line. The view is valid until the next
  /// call. A last line without an end counts. Throws BadFile when the stream cannot be read, and
  /// for a line of more than 64 MiB.
  [[nodiscard]] std::optional<std::string_view> next();

  /// Number of the line that next() gave last, from 1; 0 before the first.
  [[nodiscard]] std::size_t number() const { return number_; }

 private:
  bool read_block();
  [[nodiscard]] std::string_view take(std::size_t length, std::size_t with_end);

  std::istream& in_;
  const std::string& name_;
  std::string block_ = {};
  std::size_t begin_ = 0;  // of what is read and not yet given away
  std::size_t end_ = 0;
  std::size_t number_ = 0;
};

}  // namespace psq::history
