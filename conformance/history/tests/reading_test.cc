// The parts that read a recording: lines of a stream, and the table of its items.
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <vector>

#include "history/bad_file.h"
#include "history/item_table.h"
#include "history/lines.h"
#include "history/name_table.h"

namespace psq::history {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in{text};
  const std::string name = "f";
  Lines lines{in, name};
  std::vector<std::string> all;
  while (const auto line = lines.next()) {
    all.emplace_back(*line);
    EXPECT_EQ(lines.number(), all.size());
  }
  EXPECT_FALSE(lines.next());
  return all;
}

using Strings = std::vector<std::string>;

TEST(Lines, AreSplitAtTheirEnds) {
  EXPECT_EQ(lines_of(""), Strings{});
  EXPECT_EQ(lines_of("\n"), Strings{""});
  EXPECT_EQ(lines_of("a"), Strings{"a"});
  EXPECT_EQ(lines_of("a\n"), Strings{"a"});
  EXPECT_EQ(lines_of("a\n\nb\r\n"), (Strings{"a", "", "b\r"}));
  EXPECT_EQ(lines_of(std::string{"a\0b\nc", 5}), (Strings{std::string{"a\0b", 3}, "c"}));
}

TEST(Lines, AreWholeWhereverABlockEnds) {
  // Lengths that put the end of a line on each side of a block's end, and lines of several blocks.
  for (const std::size_t length : {262'142U, 262'143U, 262'144U, 262'145U, 1'000'000U}) {
    const std::string text(length, 'x');
    for (const std::string& end : {std::string{}, std::string{"\n"}}) {
      EXPECT_EQ(lines_of("ab\n" + text + "\nc" + end), (Strings{"ab", text, "c"})) << length;
      EXPECT_EQ(lines_of(text + end), Strings{text}) << length;
    }
  }
  Strings many;
  std::string text;
  for (std::size_t i = 0; i < 100'000; ++i) {
    many.push_back(std::string(i % 97, 'a'));
    text += many.back() + '\n';
  }
  EXPECT_EQ(lines_of(text), many);
}

/// Gives `left` bytes, and then an error.
class BrokenBuffer : public std::streambuf {
 public:
  explicit BrokenBuffer(int left) : left_(left) {}

 protected:
  int_type underflow() override {
    if (left_-- <= 0) throw std::runtime_error{"the device is gone"};
    byte_ = left_ % 2 == 0 ? '\n' : 'x';
    setg(&byte_, &byte_, &byte_ + 1);
    return traits_type::to_int_type(byte_);
  }

 private:
  int left_;
  char byte_ = 0;
};

TEST(Lines, EndWithAnErrorWhenTheStreamDoes) {
  BrokenBuffer buffer{10};
  std::istream in{&buffer};
  const std::string name = "f";
  Lines lines{in, name};
  try {
    while (lines.next()) {
    }
    FAIL() << "the error was taken for the end";
  } catch (const BadFile& error) {
    EXPECT_STREQ(error.what(), "f:1:1: cannot be read any further");
  }
}

/// Gives the same byte without end, and counts.
class EndlessBuffer : public std::streambuf {
 public:
  [[nodiscard]] std::size_t given() const { return given_; }

 protected:
  int_type underflow() override {
    given_ += block_.size();
    setg(block_.data(), block_.data(), block_.data() + block_.size());
    return traits_type::to_int_type(block_[0]);
  }

 private:
  std::string block_ = std::string(1 << 16, 'x');
  std::size_t given_ = 0;
};

TEST(Lines, WithoutAnEndAreRefusedInBoundedMemory) {
  EndlessBuffer buffer;
  std::istream in{&buffer};
  const std::string name = "f";
  Lines lines{in, name};
  try {
    static_cast<void>(lines.next());
    FAIL() << "a line without an end was read";
  } catch (const BadFile& error) {
    EXPECT_STREQ(error.what(), "f:1:1: a line is longer than 64 MiB");
  }
  EXPECT_LT(buffer.given(), std::size_t{66} << 20);
}

TEST(ItemTable, FindsWhatItHas) {
  // Strides that a hash of few bits would put into one place; numbers of both signs.
  for (const std::int64_t stride : {1LL, 16LL, 4096LL, 1LL << 32, -3LL}) {
    std::vector<Value> values;
    ItemTable table{values};
    std::map<std::pair<std::uint32_t, std::int64_t>, std::uint32_t> expected;
    for (std::int64_t i = 0; i < 5'000; ++i) {
      for (const std::uint32_t producer : {0U, 1U, 70'000U}) {
        const auto next = static_cast<std::uint32_t>(expected.size());
        EXPECT_EQ(table.find_or_add(producer, i * stride, i), next);
        expected.emplace(std::pair{producer, i * stride}, next);
      }
    }
    ASSERT_EQ(values.size(), expected.size());
    for (const auto& [item, index] : expected) {
      EXPECT_EQ(table.find_or_add(item.first, item.second, -1), index);
      EXPECT_EQ(values[index].producer, item.first);
      EXPECT_EQ(values[index].seq, item.second);
      EXPECT_EQ(values[index].size, item.second / stride);
    }
    EXPECT_EQ(values.size(), expected.size());
  }
}

TEST(NameTable, TellsNamesAndScopesApart) {
  NameTable table;
  EXPECT_FALSE(table.find(""));
  std::vector<std::pair<std::string, std::uint32_t>> added;
  for (std::uint32_t scope = 0; scope < 40; ++scope) {
    for (int i = 0; i < 40; ++i) {
      const std::string name(static_cast<std::size_t>(i % 20), i < 20 ? '\0' : 'x');
      if (i == 20) continue;  // the empty name, which was added as the first
      EXPECT_FALSE(table.find(name, scope));
      EXPECT_EQ(table.add(name, scope), added.size());
      added.emplace_back(name, scope);
      EXPECT_FALSE(table.find(name, scope + 1));
    }
  }
  EXPECT_EQ(table.size(), added.size());
  for (std::size_t i = 0; i < added.size(); ++i) {
    EXPECT_EQ(table.find(added[i].first, added[i].second), i);
  }
}

}  // namespace
}  // namespace psq::history
