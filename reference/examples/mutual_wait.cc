// Two processes wait for each other. The worker waits in a put, because the log is full and the
// parent takes nothing from it. The parent waits in a get, because the worker reaches no result.
// Both queues do what they promise, so no queue can help. The parent can: by a timeout, or by
// taking from the log first.

#include <cstdio>

#include "psq/psq.h"

using namespace std::chrono_literals;

int main() {
  psq::Queue<int> log{{.maxsize = 1}};
  psq::Queue<int> results;
  psq::SimpleQueue<bool> begun;
  psq::Process worker{[&] {
    log.put(1);
    begun.put(true);
    log.put(2);  // Waits: the log is full.
    results.put(42);
  }};
  (void)begun.get();

  // Without a timeout this call would wait for ever.
  if (!results.try_get(200ms)) std::printf("no result yet, and the log is full: %d\n", log.full());
  std::printf("log: %d\n", log.get());  // Frees a slot for the second put.
  std::printf("result: %d\n", results.get());
  std::printf("log: %d\n", log.get());
}
