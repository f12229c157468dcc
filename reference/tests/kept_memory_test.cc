#include "src/kept_memory.h"

#include <gtest/gtest.h>

#include <thread>

namespace psq::detail {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kGranule = KeptMemory::kGranule;
constexpr std::uint64_t kMost = KeptMemory::kMost;
constexpr std::uint64_t kAlways = KeptMemory::kAlways;

// True at the second attempt, unless a busy machine makes it a late one.
template <typename Condition>
void expect_soon(const Condition& condition) {
  for (int attempts = 1; !condition(); ++attempts) ASSERT_LT(attempts, 100);
}

TEST(KeptMemory, IsKnownInWholeGranules) {
  KeptMemory kept;
  kept.note(kGranule / 2, 3 * kGranule + 1);
  EXPECT_TRUE(kept.has(kGranule, 3 * kGranule));
  EXPECT_TRUE(kept.has(kGranule / 2, 3 * kGranule + 1)) << "the ends are not asked for";
  EXPECT_FALSE(kept.has(0, 3 * kGranule));
  EXPECT_FALSE(kept.has(kGranule, 4 * kGranule));
  EXPECT_FALSE(kept.has(kGranule, 2 * kGranule - 1)) << "no granule is whole";
}

TEST(KeptMemory, ForgetsEachGranuleOfWhichBytesGo) {
  KeptMemory kept;
  kept.note(0, 8 * kGranule);
  kept.forget(3 * kGranule - 1, 3 * kGranule + 1);
  EXPECT_TRUE(kept.has(0, 2 * kGranule));
  EXPECT_FALSE(kept.has(2 * kGranule, 3 * kGranule));
  EXPECT_FALSE(kept.has(3 * kGranule, 4 * kGranule));
  EXPECT_TRUE(kept.has(4 * kGranule, 8 * kGranule));
}

TEST(KeptMemory, KnowsNothingBeyondItsEnd) {
  KeptMemory kept;
  kept.note(0, kMost);
  EXPECT_TRUE(kept.has(0, kMost));
  EXPECT_FALSE(kept.has(0, kMost + 1));
  kept.note(kMost - kGranule, kMost + kGranule);
  kept.forget(kMost - 1, kMost + 100 * kGranule);
  EXPECT_TRUE(kept.has(0, kMost - kGranule));
  EXPECT_FALSE(kept.has(kMost - kGranule, kMost));
}

TEST(KeptMemory, IsKeptWhenOneMessageIsDoneSoonAfterAnother) {
  KeptMemory kept;
  kept.note(0, 2 * kAlways);
  EXPECT_FALSE(kept.keeps(0, 2 * kAlways)) << "of the first message";
  expect_soon([&] { return kept.keeps(0, 2 * kAlways); });
  (void)kept.keeps(0, kAlways);
  EXPECT_FALSE(kept.keeps(0, 3 * kAlways)) << "a part has no memory";
  std::this_thread::sleep_for(260ms);
  EXPECT_FALSE(kept.keeps(0, 2 * kAlways)) << "of a late one";
}

TEST(KeptMemory, IsUnusedWhenNoMessageCame) {
  KeptMemory kept;
  EXPECT_FALSE(kept.has_unused());
  kept.note(0, 2 * kAlways);
  expect_soon([&] { return kept.keeps(0, 2 * kAlways) && !kept.has_unused(); });
  std::this_thread::sleep_for(260ms);
  EXPECT_TRUE(kept.has_unused());
  EXPECT_FALSE(kept.is_in_use());
  expect_soon([&] { return kept.keeps(0, 2 * kAlways) && kept.is_in_use(); });
  kept.forget(kAlways, 2 * kAlways);
  EXPECT_FALSE(kept.is_in_use());
  std::this_thread::sleep_for(260ms);
  EXPECT_FALSE(kept.has_unused()) << "the first bytes are never given back";
}

}  // namespace
}  // namespace psq::detail
