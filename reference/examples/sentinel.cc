// A queue has no end of stream: a consumer cannot know whether a producer will put again. So the
// producer marks the end with an item that is not a job.

#include <cstdio>

#include "psq/psq.h"

int main() {
  constexpr int kLast = -1;
  psq::Queue<int> jobs;
  psq::Process producer{[&] {
    for (int job = 1; job <= 5; ++job) jobs.put(job);
    jobs.put(kLast);  // Arrives last: the items of one process keep their order.
  }};
  for (const int job : psq::until(jobs, kLast)) std::printf("job %d\n", job);
  std::printf("no more jobs\n");
}
