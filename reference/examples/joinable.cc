// A JoinableQueue tells when all jobs are done, not only taken: join returns when task_done was
// called once for each put. The consumers need no sentinel: daemons end with their parent.

#include <cstdio>

#include "psq/psq.h"

int main() {
  psq::JoinableQueue<int> jobs;
  psq::SimpleQueue<int> squares;
  const auto consume = [&] {
    for (;;) {
      const int job = jobs.get();
      squares.put(job * job);
      jobs.task_done();  // After the work, so that a caller of join may rely on it.
    }
  };
  psq::Process first{consume, {.daemon = true}};
  psq::Process second{consume, {.daemon = true}};

  for (int job = 1; job <= 20; ++job) jobs.put(job);
  jobs.join();

  // Each square was put before the task_done of its job, and a SimpleQueue shows an item at once.
  int sum = 0;
  int count = 0;
  for (; !squares.empty(); ++count) sum += squares.get();
  std::printf("%d jobs done, the sum of their squares is %d\n", count, sum);
}
