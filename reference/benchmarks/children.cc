#include "benchmarks/children.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "psq/psq.h"

namespace psq::bench {
namespace {

constexpr unsigned kLongest = 60;  // Seconds. A process that takes longer hangs.

double nanoseconds_of(const rusage& usage) {
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_usec) * 1e3;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

}  // namespace

void fail(const char* what) {
  std::perror(what);
  std::exit(70);
}

std::size_t moved(ssize_t size, const char* what) {
  if (size <= 0) fail(what);
  return static_cast<std::size_t>(size);
}

pid_t in_child(const std::function<void()>& body) {
  const pid_t child = fork();
  if (child < 0) fail("psq-measure: fork");
  if (child > 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  alarm(kLongest);
  body();
  psq::exit(0);
}

double reap(pid_t child) {
  int status = 0;
  rusage usage{};
  if (wait4(child, &status, 0, &usage) != child) fail("psq-measure: wait4");
  if (status != 0) {
    std::fprintf(stderr, "psq-measure: a process of the measurement ended with status %d\n",
                 status);
    std::exit(70);
  }
  return nanoseconds_of(usage);
}

void end(pid_t child) {
  kill(child, SIGKILL);
  if (waitpid(child, nullptr, 0) != child) fail("psq-measure: waitpid");
}

void compute() {
  for (volatile unsigned i = 0;;) i = i + 1;
}

double used_here() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return nanoseconds_of(usage);
}

double copy_through_new_memory(std::string_view item) {
  constexpr const char* kFile = "psq-measure: a memory file";
  const int file = memfd_create("psq-measure", MFD_CLOEXEC);
  if (file < 0) fail("psq-measure: memfd_create");
  const auto out = std::make_unique_for_overwrite<char[]>(item.size());
  const double begun = now();
  for (std::size_t at = 0; at < item.size();)
    at += moved(pwrite(file, item.data() + at, item.size() - at, static_cast<off_t>(at)), kFile);
  for (std::size_t at = 0; at < item.size();)
    at += moved(pread(file, out.get() + at, item.size() - at, static_cast<off_t>(at)), kFile);
  const double ended = now();
  close(file);
  return ended - begun;
}

void pin_to(int processor) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) fail("psq-measure: sched_getaffinity");
  int chosen = -1;
  for (int each = 0; each < CPU_SETSIZE && processor >= 0; ++each) {
    if (!CPU_ISSET(each, &allowed)) continue;
    chosen = each;
    --processor;
  }
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(chosen, &one);
  if (sched_setaffinity(0, sizeof one, &one) != 0) fail("psq-measure: sched_setaffinity");
}

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace psq::bench
