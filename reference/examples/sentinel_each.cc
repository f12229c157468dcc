// Each consumer takes one sentinel and ends. With fewer sentinels than consumers, some would wait
// for ever; so there is one for each, put when all producers have finished.

#include <cstdio>
#include <vector>

#include "psq/psq.h"

int main() {
  constexpr int kConsumers = 3;
  constexpr int kLast = 0;
  psq::Queue<int> jobs;
  psq::Queue<int> sums;
  std::vector<psq::Process> consumers;
  consumers.reserve(kConsumers);
  for (int i = 0; i < kConsumers; ++i) {
    consumers.emplace_back([&] {
      int sum = 0;
      for (const int job : psq::until(jobs, kLast)) sum += job;
      sums.put(sum);
    });
  }
  {
    const auto produce = [&](int from) {
      for (int job = from; job <= 100; job += 2) jobs.put(job);
    };
    // Joined at the end of the block. A process has put its items into the channel when it ends, so
    // that the sentinels come behind all of them.
    psq::Process odd{[&] { produce(1); }};
    psq::Process even{[&] { produce(2); }};
  }
  for (int i = 0; i < kConsumers; ++i) jobs.put(kLast);

  int sum = 0;
  for (int i = 0; i < kConsumers; ++i) sum += sums.get();
  std::printf("%d consumers got jobs whose sum is %d\n", kConsumers, sum);
}
