// Temporary folders: removed with their process, and never with another one of the same number.
#include "protocol/posix.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>

namespace psq::conformance {
namespace {

constexpr int kNoNamespaces = 77;

int status_of(pid_t child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Makes a folder and ends without destructors; what it wrote to `out` is the folder's path.
[[noreturn]] void leave_a_folder(int out) {
  const TemporaryFolder folder;
  const std::string path = folder.path().string();
  const bool is_told = ::write(out, path.data(), path.size()) == std::ssize(path);
  ::_exit(is_told ? 0 : 1);
}

struct Left {
  pid_t number = 0;  // in its own namespace
  int status = 0;
  std::filesystem::path folder;
};

Left left_by(bool in_a_new_namespace) {
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe(pipe.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    if (!in_a_new_namespace) leave_a_folder(pipe[1]);
    if (::unshare(CLONE_NEWPID) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0)
      ::_exit(kNoNamespaces);
    const pid_t first = ::fork();
    if (first == 0) leave_a_folder(pipe[1]);
    ::_exit(status_of(first));
  }
  Left left{.number = in_a_new_namespace ? 1 : child, .status = status_of(child), .folder = {}};
  ::close(pipe[1]);
  std::array<char, 4096> text{};
  const ssize_t got = ::read(pipe[0], text.data(), text.size());
  ::close(pipe[0]);
  if (got > 0) left.folder = std::string(text.data(), static_cast<std::size_t>(got));
  return left;
}

TEST(TemporaryFolder, GoesWithItsProcess) {
  const Left left = left_by(false);
  ASSERT_EQ(left.status, 0);
  ASSERT_TRUE(std::filesystem::exists(left.folder));
  TemporaryFolder::remove_all_of(left.number);
  EXPECT_FALSE(std::filesystem::exists(left.folder));
}

TEST(TemporaryFolder, StaysWhenAProcessOfTheSameNumberInAnotherNamespaceEnds) {
  const Left left = left_by(true);
  if (left.status == kNoNamespaces) GTEST_SKIP() << "the system gives us no process namespace";
  ASSERT_EQ(left.status, 0);
  TemporaryFolder::remove_all_of(left.number);
  EXPECT_TRUE(std::filesystem::exists(left.folder)) << left.folder;
  std::filesystem::remove_all(left.folder);
}

}  // namespace
}  // namespace psq::conformance
