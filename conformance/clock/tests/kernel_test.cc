// Files of the kernel, as it has them and where it does not.
#include "clock/kernel.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "proc_folder.h"

namespace psq::conformance {
namespace {

using namespace std::chrono_literals;

TEST(Kernel, SaysNothingWhereThereIsNoFile) {
  const Kernel none{"/there-is-no-such-folder"};
  EXPECT_TRUE(none.threads_of(1).empty());
  EXPECT_FALSE(none.thread(1, 1));
  EXPECT_FALSE(none.machine().stolen);
  EXPECT_FALSE(none.machine().cpu_pressure);
  EXPECT_FALSE(none.machine().io_pressure);
  EXPECT_TRUE(none.descendants_of(1).empty());
}

TEST(Kernel, ReadsAThreadWithoutItsSchedule) {
  ProcFolder proc;
  proc.thread(7, 8, 'D');
  const auto times = Kernel{proc.path()}.thread(7, 8);
  ASSERT_TRUE(times);
  EXPECT_EQ(times->state, 'D');
  EXPECT_FALSE(times->ran);
  EXPECT_FALSE(times->denied);
}

TEST(Kernel, ReadsThreadsAndTheMachine) {
  ProcFolder proc;
  proc.thread(7, 8, 'R', "1500 2500 3");
  proc.write("stat",
             "cpu  1 2 3 4 5 6 7 30 9 0\ncpu0 1 2 3 4 5 6 7 10 9 0\ncpu1 1 2 3 4 5 6 7 20 9 0\n");
  proc.write("pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=123\nfull total=9\n");
  const Kernel kernel{proc.path()};
  EXPECT_EQ(kernel.threads_of(7), std::vector<pid_t>{8});
  const auto times = kernel.thread(7, 8);
  ASSERT_TRUE(times);
  EXPECT_EQ(times->ran, 1500ns);
  EXPECT_EQ(times->denied, 2500ns);
  const MachineTimes machine = kernel.machine();
  EXPECT_EQ(machine.stolen, 20 * std::chrono::nanoseconds{1'000'000'000 / ::sysconf(_SC_CLK_TCK)});
  EXPECT_EQ(machine.cpu_pressure, 123us);
  EXPECT_FALSE(machine.io_pressure);
}

TEST(Kernel, FindsDescendants) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::fork() == 0) ::pause();
    ::pause();
  }
  std::vector<pid_t> found;
  for (int i = 0; i < 1000 && found.size() < 2; ++i) {
    ::usleep(5000);
    found = Kernel{}.descendants_of(::getpid());
  }
  EXPECT_EQ(found.size(), 2U);
  EXPECT_TRUE(std::ranges::count(found, child) == 1);
  for (const pid_t each : found) ::kill(each, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

}  // namespace
}  // namespace psq::conformance
