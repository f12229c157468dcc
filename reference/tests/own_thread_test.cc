// The threads that the library starts, and their stacks.

#include "src/own_thread.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <set>
#include <vector>

#include "tests/child.h"

namespace psq::detail {
namespace {

using test::await;
using test::Child;

// Where the stack of the calling thread begins, and how many bytes it has.
struct Place {
  std::byte* begin = nullptr;
  std::size_t size = 0;

  static Place here() {
    pthread_attr_t attributes;
    pthread_getattr_np(pthread_self(), &attributes);
    void* begin = nullptr;
    Place place;
    pthread_attr_getstack(&attributes, &begin, &place.size);
    pthread_attr_destroy(&attributes);
    place.begin = static_cast<std::byte*>(begin);
    return place;
  }
};

// Starts a thread and waits until its body has ended.
template <typename Body>
[[nodiscard]] bool run(const Body& body) {
  std::atomic<bool> ended{false};
  if (!start_own_thread([&] {
        body();
        ended = true;
      }))
    return false;
  await([&] { return ended.load(); });
  return true;
}

// Threads that run at the same time, each on a stack of its own. Returns the stacks.
std::vector<Place> run_together(std::size_t count) {
  std::vector<Place> places(count);
  std::atomic<std::size_t> running{0};
  std::atomic<bool> go_on{false};
  std::atomic<std::size_t> ended{0};
  for (Place& each : places) {
    EXPECT_TRUE(start_own_thread([&] {
      each = Place::here();
      ++running;
      await([&] { return go_on.load(); });
      ++ended;
    }));
  }
  await([&] { return running == count; });
  go_on = true;
  await([&] { return ended == count; });
  return places;
}

class OwnThread : public testing::Test {
 protected:
  void SetUp() override {
    if (kAnySanitizer) GTEST_SKIP() << "its threads have the stacks of the C library";
  }
};

TEST_F(OwnThread, HasAllSignalsBlocked) {
  bool blocked = false;
  ASSERT_TRUE(run([&] {
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    blocked = sigismember(&mask, SIGTERM) == 1 && sigismember(&mask, SIGUSR1) == 1;
  }));
  EXPECT_TRUE(blocked);
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  EXPECT_EQ(sigismember(&mask, SIGTERM), 0);
}

TEST_F(OwnThread, HasAStackThatNoOtherRunningThreadHas) {
  constexpr std::size_t kThreads = 100;
  std::vector<Place> places = run_together(kThreads);
  std::ranges::sort(places, {}, &Place::begin);
  for (std::size_t i = 1; i < places.size(); ++i)
    EXPECT_LT(places[i - 1].begin + places[i - 1].size, places[i].begin) << "no page between";
}

TEST_F(OwnThread, HasTheStackOfOneThatHasEnded) {
  std::set<std::byte*> stacks;
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(run([&] { stacks.insert(Place::here().begin); }));
  EXPECT_LE(stacks.size(), 100U);
}

TEST_F(OwnThread, LeavesNoMemoryButThatOfAFew) {
  std::vector<Place> places = run_together(100);
  const auto in_memory = [](const Place& each) {
    std::vector<unsigned char> pages(each.size / 4096);
    EXPECT_EQ(mincore(each.begin, pages.size() * 4096, pages.data()), 0);
    return std::ranges::any_of(pages, [](unsigned char page) { return (page & 1) != 0; });
  };
  await([&] { return std::ranges::count_if(places, in_memory) <= 20; });
}

TEST_F(OwnThread, StartsInAForkedChildOfManyThreads) {
  std::atomic<bool> go_on{false};
  std::atomic<int> ended{0};
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(start_own_thread([&] {
      await([&] { return go_on.load(); });
      ++ended;
    }));
  }
  Child child([] {
    for (int i = 0; i < 100; ++i)
      if (!run([] {})) return 1;
    Child grandchild([] { return run_together(50).size() == 50 ? 0 : 2; });
    return grandchild.status();
  });
  EXPECT_EQ(child.status(), 0);
  go_on = true;
  await([&] { return ended == 50; });
}

TEST_F(OwnThread, ThatLeavesItsStackIsKilled) {
  Child child([] {
    (void)run([] {
      const Place place = Place::here();
      std::memset(place.begin - 1, 1, 1);
    });
    return 0;
  });
  EXPECT_EQ(child.status(), -SIGSEGV);
}

}  // namespace
}  // namespace psq::detail
