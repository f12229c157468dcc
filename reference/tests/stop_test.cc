// Processes that are stopped at chosen crash points: what other processes can do meanwhile.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <string>

#include "tests/crash_probes.h"
#include "tests/death.h"
#include "tests/shared_object.h"

namespace psq::test {
namespace {

using namespace std::chrono_literals;

std::string stop_name(const testing::TestParamInfo<const char*>& info) {
  std::string name = info.param;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}

// Waits until the process has stopped itself.
void await_stop(pid_t process) {
  int status = 0;
  ASSERT_EQ(waitpid(process, &status, WUNTRACED), process);
  ASSERT_TRUE(WIFSTOPPED(status)) << "it never came to this crash point";
}

class StoppedProducer : public testing::TestWithParam<const char*> {
 protected:
  const EndsOrFails limit_;
};

constexpr int kOthersItems = 20;

// Another process puts short and long items; each comes, in order, between what the victim put.
template <typename Q>
void expect_others_go_on(Q& queue) {
  Child other([&] {
    for (int i = 0; i < kOthersItems; ++i) queue.put(item(i));
    if constexpr (requires { queue.join_thread(); }) {
      queue.close();
      queue.join_thread();
    }
    return 0;
  });
  for (int next = 0; next < kOthersItems;) {
    const auto got = queue.try_get(kSoon);
    ASSERT_TRUE(got) << "item " << next << " does not come";
    if (got->starts_with("victim")) continue;
    ASSERT_EQ(number_of(*got), next++);
  }
  EXPECT_EQ(other.status(), 0);
}

template <typename Q>
void expect_holds_up_no_other() {
  Q queue;
  // Stops at the crash point with a full channel before it.
  Child victim([&queue]() -> int {
    stop_at(StoppedProducer::GetParam());
    for (int i = 0;; ++i) queue.put("victim" + item(i));
  });
  await_stop(victim.pid());
  expect_others_go_on(queue);
  // It goes on where it stood.
  victim.signal(SIGCONT);
  EXPECT_TRUE(queue.try_get(kSoon));
}

TEST_P(StoppedProducer, OfASimpleQueueHoldsUpNoOther) {
  expect_holds_up_no_other<SimpleQueue<std::string>>();
}

TEST_P(StoppedProducer, OfAQueueHoldsUpNoOther) { expect_holds_up_no_other<Queue<std::string>>(); }

INSTANTIATE_TEST_SUITE_P(AtEveryPointWithoutALock, StoppedProducer,
                         testing::Values("no-room", "extent-filled"), stop_name);

class StoppedConsumer : public testing::TestWithParam<const char*> {
 protected:
  const EndsOrFails limit_;
};

TEST_P(StoppedConsumer, HoldsUpNoOther) {
  Queue<std::string> queue;
  Child victim([&]() -> int {
    stop_at(GetParam());
    for (;;) (void)queue.get();
  });
  queue.put(std::string(1 << 20, 'v'));
  await_stop(victim.pid());
  expect_others_go_on(queue);
}

INSTANTIATE_TEST_SUITE_P(AtEveryPointWithoutALock, StoppedConsumer,
                         testing::Values("extent-read", "extent-given-back", "slot-freed"),
                         stop_name);

// A process that is stopped with a loan or a view.
class StoppedWithAnItem : public testing::TestWithParam<const char*> {
 protected:
  const EndsOrFails limit_;
};

TEST_P(StoppedWithAnItem, HoldsUpNoOther) {
  SimpleQueue<std::string> queue;
  Child victim([&] {
    stop_at(GetParam());
    queue.put(queue.loan(1 << 20));
    (void)queue.get_view();
    return 0;
  });
  await_stop(victim.pid());
  expect_others_go_on(queue);
  victim.signal(SIGCONT);
  EXPECT_EQ(victim.status(), 0);
}

INSTANTIATE_TEST_SUITE_P(AtEveryPointWithoutALock, StoppedWithAnItem,
                         testing::Values("memory-reserved", "loan-taken", "view-taken"), stop_name);

// In the few instructions with a lock of the channel.
class StoppedWithALock : public testing::TestWithParam<const char*> {
 protected:
  const EndsOrFails limit_;
};

TEST_P(StoppedWithALock, HoldsUpOthersUntilItGoesOn) {
  SimpleQueue<std::string> queue;
  const std::string point = GetParam();
  const bool reads =
      point == "read-lock-taken" || point == "extent-claimed" || point == "head-moved";
  Child victim([&] {
    stop_at(point);
    reads ? void(queue.get()) : queue.put("victim" + std::string(1 << 20, 'v'));
    return 0;
  });
  if (reads) queue.put("victim" + std::string(1 << 20, 'v'));
  await_stop(victim.pid());
  std::thread later([&] {
    std::this_thread::sleep_for(200ms);
    victim.signal(SIGCONT);
  });
  expect_others_go_on(queue);
  later.join();
  EXPECT_EQ(victim.status(), 0);
}

INSTANTIATE_TEST_SUITE_P(AtEveryPoint, StoppedWithALock,
                         testing::Values("extent-taken", "write-lock-taken", "frame-begun",
                                         "extent-named", "extent-released", "frame-written",
                                         "last-commit-saved", "committed", "read-lock-taken",
                                         "extent-claimed", "head-moved"),
                         stop_name);

// The shortest of several: a machine that is busy with other things makes single ones longer.
TEST(AGetThatMayNotWait, DoesNotWaitForAStoppedReader) {
  const EndsOrFails limit;
  SimpleQueue<std::string> queue;
  queue.put("victim");
  Child victim([&] {
    stop_at("read-lock-taken");
    (void)queue.get();
    return 0;
  });
  await_stop(victim.pid());
  auto shortest = std::chrono::steady_clock::duration::max();
  for (int i = 0; i < 20; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_FALSE(queue.try_get(no_wait));
    shortest = std::min(shortest, std::chrono::steady_clock::now() - begin);
  }
  EXPECT_LT(shortest, 5ms);
  EXPECT_FALSE(queue.try_get(30ms));
  victim.signal(SIGCONT);
  EXPECT_EQ(victim.status(), 0);
}

// Stopped from outside, in a put that waits for room.
TEST(StoppedWithAFullChannel, HoldsUpNoOther) {
  const EndsOrFails limit;
  SimpleQueue<std::string> queue;
  const SharedObject<std::atomic<int>> put;
  Child victim([&]() -> int {
    for (;; ++*put) queue.put("victim" + std::string(4000, 'v'));
  });
  for (int before = -1; before != *put; std::this_thread::sleep_for(300ms)) before = *put;
  victim.stop();
  expect_others_go_on(queue);
}

}  // namespace
}  // namespace psq::test
