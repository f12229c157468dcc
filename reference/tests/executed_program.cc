// The program that tests execute: executed-program WHAT HANDLE [POINT]. Its library has the crash
// probes, so that it can die at a chosen crash point.

#include <unistd.h>

#include <cstdio>
#include <string>

#include "psq/psq.h"
#include "tests/crash_probes.h"
#include "tests/limits.h"

namespace {

using Tasks = psq::JoinableQueue<std::string>;

int echo_doubled(const std::string& handle) {
  auto queue = psq::Queue<std::string>::from_handle(handle);
  const std::string item = queue.get();
  queue.put(item + item);
  return 0;
}

int do_tasks(const std::string& handle, int how_many) {
  auto tasks = Tasks::from_handle(handle);
  for (; how_many > 0; --how_many) {
    (void)tasks.get();
    tasks.task_done();
  }
  return 0;
}

int count_up(const std::string& handle) {
  auto token = psq::SimpleQueue<int>::from_handle(handle);
  for (int i = 0; i < 1000; ++i) token.put(token.get() + 1);
  return 0;
}

// The second use of a handle is refused, and the queue of the first use still works.
int use_twice(const std::string& handle) {
  auto queue = psq::Queue<std::string>::from_handle(handle);
  try {
    (void)psq::Queue<std::string>::from_handle(handle);
  } catch (const psq::InvalidArgument& error) {
    queue.put(error.what());
    return 0;
  }
  return 1;
}

int put_and_die(const std::string& handle, const std::string& point) {
  auto tasks = Tasks::from_handle(handle);
  psq::test::die_at(point);
  for (int i = 0; i < 100; ++i) tasks.put("item " + std::to_string(i));
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 64;
  alarm(psq::test::kLongestLife);  // Ends an orphan that hangs.
  const std::string what = argv[1];
  const std::string handle = argv[2];
  if (what == "echo") return echo_doubled(handle);
  if (what == "tasks") return do_tasks(handle, std::stoi(argv[3]));
  if (what == "count") return count_up(handle);
  if (what == "twice") return use_twice(handle);
  if (what == "die") return put_and_die(handle, argv[3]);
  std::fprintf(stderr, "unknown function: %s\n", argv[1]);
  return 64;
}
