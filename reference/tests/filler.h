// Contents of test messages.

#ifndef PSQ_TESTS_FILLER_H_
#define PSQ_TESTS_FILLER_H_

#include <algorithm>
#include <string>
#include <string_view>

namespace psq::test {

// The text, continued to `size` bytes with letters that `number` and the length determine: so a
// reader can check every byte. By blocks, because the tests are not optimized.
inline std::string filled(std::string text, std::size_t number, std::size_t size) {
  static const std::string letters = [] {
    std::string all;
    for (int i = 0; i < 160; ++i) all += "abcdefghijklmnopqrstuvwxyz";
    return all;
  }();
  text.reserve(size);
  while (text.size() < size) {
    const std::size_t from = (number + text.size()) % 26;
    text.append(letters, from, size - text.size());
  }
  return text;
}

// The length of an item beside which, while it is unread, a channel has room for no other.
inline constexpr std::size_t kFillsAChannel = std::size_t{4} << 20;

}  // namespace psq::test

#endif  // PSQ_TESTS_FILLER_H_
