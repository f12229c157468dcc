#include "psq/driver/item.h"

#include <gtest/gtest.h>

#include <random>

namespace psq::driver {
namespace {

Item make(std::size_t size) { return {.from = "worker", .seq = 3, .size = size}; }

TEST(ItemTest, HasExactlyItsSizeAndComesBackWhole) {
  for (const std::size_t size : {64U, 65U, 71U, 72U, 73U, 4095U, 4096U, 4097U, 65537U, 1048576U}) {
    const std::string bytes = make_item(make(size));
    EXPECT_EQ(bytes.size(), size);
    const auto item = check_item(bytes);
    ASSERT_TRUE(item.has_value());
    EXPECT_TRUE(item->intact);
    EXPECT_EQ(item->from, "worker");
    EXPECT_EQ(item->seq, 3U);
    EXPECT_EQ(item->size, size);
  }
}

TEST(ItemTest, AnyChangedByteIsNoticed) {
  const std::string whole = make_item(make(200));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char flip : {'\x01', '\x80', '\xff'}) {
      std::string broken = whole;
      broken[at] = static_cast<char>(broken[at] ^ flip);
      const auto item = check_item(broken);
      EXPECT_TRUE(!item || !item->intact) << "byte " << at;
    }
  }
}

TEST(ItemTest, AnyOtherLengthIsNoticed) {
  const std::string whole = make_item(make(200));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto item = check_item(std::string_view(whole).substr(0, length));
    EXPECT_TRUE(!item || !item->intact) << length;
  }
  EXPECT_FALSE(check_item(whole + "x")->intact);
}

TEST(ItemTest, FillerTellsItemsApart) {
  std::string mixed = make_item(make(300));
  const std::string other = make_item({.from = "worker", .seq = 4, .size = 300});
  mixed.replace(100, 200, other.substr(100));
  EXPECT_FALSE(check_item(mixed)->intact);
}

// Larger than a block of filler, and changed where a comparison of blocks could overlook it.
TEST(ItemTest, AnyChangedByteOfALargeItemIsNoticed) {
  const std::string whole = make_item(make(30'000));
  for (std::size_t at = 30; at < whole.size(); at += 61) {
    std::string broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ 1);
    EXPECT_FALSE(check_item(broken)->intact) << "byte " << at;
  }
  std::string last = whole;
  last.back() = static_cast<char>(last.back() ^ 1);
  EXPECT_FALSE(check_item(last)->intact);
}

TEST(ItemTest, PiecesInAnotherPlaceAreNoticed) {
  const std::string whole = make_item(make(300'000));
  for (std::size_t piece = 64; piece <= 65536; piece *= 2) {
    std::string mixed = whole;
    mixed.replace(piece, piece, whole, 2 * piece, piece);
    EXPECT_FALSE(check_item(mixed)->intact) << piece;
  }
}

TEST(ItemTest, GarbageIsHarmless) {
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    std::string bytes(random() % 80, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    if (round % 2 == 0) bytes.replace(0, std::min<std::size_t>(4, bytes.size()), "\x8fpsq");
    const auto item = check_item(bytes);
    EXPECT_TRUE(!item || !item->intact);
    (void)deserialize_levers(bytes);
  }
}

TEST(ItemTest, TooSmallOrTooLongANameIsRefused) {
  EXPECT_NO_THROW(make_item({.from = std::string(34, 'n'), .seq = 0, .size = kLeastItemBytes}));
  EXPECT_THROW(make_item({.from = std::string(35, 'n'), .seq = 0, .size = kLeastItemBytes}),
               Refusal);
  EXPECT_THROW(make_item({.from = std::string(256, 'n'), .seq = 0, .size = 4096}), Refusal);
}

TEST(ItemTest, OverheadCounts) {
  const std::string bytes = make_item(make(100), 8);
  EXPECT_EQ(bytes.size(), 92U);
  EXPECT_TRUE(check_item(bytes, 8)->intact);
  EXPECT_FALSE(check_item(bytes)->intact);
}

TEST(ItemTest, LeversTravelInTheHeader) {
  Item item = make(64);
  EXPECT_FALSE(deserialize_levers(make_item(item)).fail);
  item.fail = Fail::kDeserialize;
  item.slow_deserialize = Seconds{0.25};
  const std::string bytes = make_item(item);
  EXPECT_TRUE(deserialize_levers(bytes).fail);
  EXPECT_EQ(deserialize_levers(bytes).failure, Failure::kError);
  EXPECT_EQ(deserialize_levers(bytes).slow, Seconds{0.25});
  EXPECT_TRUE(check_item(bytes)->intact);
  item.failure = Failure::kOther;
  EXPECT_EQ(deserialize_levers(make_item(item)).failure, Failure::kOther);
  EXPECT_EQ(check_item(make_item(item))->failure, Failure::kOther);
}

}  // namespace
}  // namespace psq::driver
