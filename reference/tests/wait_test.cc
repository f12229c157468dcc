// Waiting for several events at once: messages, and ends of processes.

#include <gtest/gtest.h>
#include <poll.h>

#include <csignal>
#include <string>

#include "psq/psq.h"
#include "tests/child.h"

namespace psq::test {
namespace {

using namespace std::chrono_literals;
using Ready = std::vector<Waitable*>;

bool is_readable(int descriptor) {
  pollfd watched{.fd = descriptor, .events = POLLIN, .revents = 0};
  return ::poll(&watched, 1, 0) == 1;
}

TEST(Wait, TheEndOfAProcessIsAnEvent) {
  auto [left, right] = pipe<std::string>();
  Process worker{[] { pause(); }};
  EXPECT_TRUE(wait({&left, &worker}, 20ms).empty());
  right.send("x");
  EXPECT_EQ(wait({&left, &worker}, 10s), Ready{&left});
  EXPECT_EQ(left.recv(10s), "x");
  worker.kill();
  EXPECT_EQ(wait({&left, &worker}, 10s), Ready{&worker});
  EXPECT_EQ(worker.exit_code(), -SIGKILL);
  EXPECT_EQ(wait(std::vector<Process*>{&worker}), std::vector<Process*>{&worker});
}

TEST(Wait, AProcesssDescriptorIsOneAndStaysReadable) {
  Process worker{[] {}};
  const int before = worker.fd();
  worker.join();
  EXPECT_EQ(worker.fd(), before);
  EXPECT_TRUE(is_readable(before));
}

// Its number may be that of another process by then.
TEST(Wait, AProcessThatWasJoinedBeforeIsReadyAtOnce) {
  Process worker{[] {}};
  worker.join();
  EXPECT_TRUE(is_readable(worker.fd()));
  EXPECT_EQ(wait({&worker}, no_wait), Ready{&worker});
}

TEST(Wait, OnlyTheParentWaitsForAProcess) {
  Process worker{[] { pause(); }};
  Child other([&] {
    try {
      (void)wait({&worker}, no_wait);
    } catch (const InvalidArgument&) {
      return 0;
    }
    return 1;
  });
  EXPECT_EQ(other.status(), 0);
  worker.kill();
}

}  // namespace
}  // namespace psq::test
