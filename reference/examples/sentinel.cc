// A queue has no end of its own: a consumer cannot know whether another item will come. So the
// producer says when it is over, by an item that is no job.

#include <cstdio>

#include "psq/psq.h"

int main() {
  constexpr int kLast = -1;
  psq::Queue<int> jobs;
  psq::Process producer{[&] {
    for (int job = 1; job <= 5; ++job) jobs.put(job);
    jobs.put(kLast);  // Behind all others: the items of one process keep their order.
  }};
  for (const int job : psq::until(jobs, kLast)) std::printf("job %d\n", job);
  std::printf("no more jobs\n");
}
