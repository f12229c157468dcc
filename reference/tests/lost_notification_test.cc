// Notifications that are lost: with a sender that dies, or with a receiver that dies or is stopped.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <atomic>
#include <fstream>
#include <string>

#include "tests/crash_probes.h"
#include "tests/death.h"
#include "tests/shared_object.h"

namespace psq::test {
namespace {

using namespace std::chrono_literals;

class LostNotification : public testing::Test {
 protected:
  // Gets until an "end" comes; counts what came before it.
  int consume() {
    while (queue_.get() != "end") ++*got_;
    return 0;
  }

  const EndsOrFails limit_;
  SimpleQueue<std::string> queue_;
  const SharedObject<std::atomic<int>> got_;
};

void await_sleep(const Child& child) {
  const auto is_asleep = [&] {
    std::ifstream stat("/proc/" + std::to_string(child.pid()) + "/stat");
    std::string word;
    return stat >> word >> word >> word && word == "S";
  };
  await(is_asleep);
}

TEST_F(LostNotification, WithItsSender) {
  Child consumer([&] { return consume(); });
  await_sleep(consumer);
  Child victim([&] {
    die_at("notification-counted");
    queue_.put("end");
    return 0;
  });
  EXPECT_EQ(victim.status(), -SIGKILL) << "it never came to this crash point";
  EXPECT_EQ(consumer.status(), 0);
}

// Between its sleepers' bit, which it took away, and its second look for sleepers.
TEST_F(LostNotification, WithASenderThatFoundNoSleeper) {
  EXPECT_FALSE(queue_.try_get(300ms));  // Leaves the bit behind.
  Child victim([&] {
    die_at("no-sleeper-found");
    queue_.put("item");
    return 0;
  });
  EXPECT_EQ(victim.status(), -SIGKILL) << "it never came to this crash point";
  Child consumer([&] { return consume(); });
  await([&] { return *got_ == 1; });
  await_sleep(consumer);
  queue_.put("end");
  EXPECT_EQ(consumer.status(), 0);
}

// Puts items while the victim and another consumer wait, until `has_met` says that the victim was
// woken. It has taken none of them.
template <typename HasMet>
int put_until(SimpleQueue<std::string>& queue, const std::atomic<int>& got, const HasMet& has_met) {
  int put = 0;
  while (!has_met()) {
    queue.put("item");
    ++put;
    await([&] { return got == put || has_met(); });
    std::this_thread::sleep_for(1ms);  // Both consumers sleep then, or soon.
  }
  return put;
}

TEST_F(LostNotification, WithItsReceiver) {
  Child victim([&]() -> int {
    die_at("woken");
    for (;; ++*got_) (void)queue_.get();
  });
  Child other([&] { return consume(); });
  const int put = put_until(queue_, *got_, [&] { return victim.has_ended(); });
  EXPECT_EQ(victim.status(), -SIGKILL);
  await([&] { return *got_ == put; });
  queue_.put("end");
  EXPECT_EQ(other.status(), 0);
}

TEST_F(LostNotification, WithAReceiverThatIsStopped) {
  Child victim([&]() -> int {
    stop_at("woken");
    for (;; ++*got_) (void)queue_.get();
  });
  Child other([&] { return consume(); });
  const int put = put_until(queue_, *got_, [&] {
    siginfo_t info{};
    waitid(P_PID, static_cast<id_t>(victim.pid()), &info, WSTOPPED | WNOHANG | WNOWAIT);
    return info.si_pid == victim.pid();
  });
  await([&] { return *got_ == put; });
  queue_.put("end");
  EXPECT_EQ(other.status(), 0);
}

}  // namespace
}  // namespace psq::test
