// Each consumer takes one sentinel and ends. With fewer sentinels than consumers, some consumers
// would wait for ever. So the parent puts one sentinel per consumer, after all producers have
// ended.

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
    // The end of the block joins both. A process flushes its items to the channel before it ends,
    // so the sentinels arrive after all jobs.
    psq::Process odd{[&] { produce(1); }};
    psq::Process even{[&] { produce(2); }};
  }
  for (int i = 0; i < kConsumers; ++i) jobs.put(kLast);

  int sum = 0;
  for (int i = 0; i < kConsumers; ++i) sum += sums.get();
  std::printf("%d consumers got jobs whose sum is %d\n", kConsumers, sum);
}
