#include "history/lines.h"

#include <cstring>

#include "history/bad_file.h"

namespace psq::history {
namespace {

// A header of 65,536 objects takes a tenth of it. A stream without line ends may not take all
// memory.
constexpr std::size_t kLongestLine = 64 << 20;

}  // namespace

std::optional<std::string_view> Lines::next() {
  std::size_t searched = 0;
  do {
    const char* rest = block_.data() + begin_;
    const auto length = end_ - begin_;
    const void* found = std::memchr(rest + searched, '\n', length - searched);
    if (found != nullptr) {
      const auto line = static_cast<std::size_t>(static_cast<const char*>(found) - rest);
      return take(line, line + 1);
    }
    searched = length;
    if (length > kLongestLine) throw BadFile(name_, number_ + 1, 1, "a line is longer than 64 MiB");
  } while (read_block());
  if (begin_ == end_) return std::nullopt;
  return take(end_ - begin_, end_ - begin_);
}

std::string_view Lines::take(std::size_t length, std::size_t with_end) {
  const std::string_view line{block_.data() + begin_, length};
  begin_ += with_end;
  ++number_;
  return line;
}

/// Reads what follows the line that is only begun; false at the end of the stream.
bool Lines::read_block() {
  constexpr std::size_t kBlock = 256 * 1024;
  block_.erase(0, begin_);
  end_ -= begin_;
  begin_ = 0;
  block_.resize(end_ + kBlock);
  in_.read(block_.data() + end_, kBlock);
  if (in_.bad()) throw BadFile(name_, number_ + 1, 1, "cannot be read any further");
  const auto count = static_cast<std::size_t>(in_.gcount());
  end_ += count;
  return count > 0;
}

}  // namespace psq::history
