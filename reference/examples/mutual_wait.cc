// Two processes that wait for each other: the worker in a put, because the parent takes nothing out
// of a full queue, and the parent in a get, because the worker comes to no result. No queue can
// help: each does what it promises. Timeouts are a way out, as is to take first what the other has
// to put.

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

  // Without a timeout this would be for ever.
  if (!results.try_get(200ms)) std::printf("no result yet, and the log is full: %d\n", log.full());
  std::printf("log: %d\n", log.get());  // Now there is room for the second.
  std::printf("result: %d\n", results.get());
  std::printf("log: %d\n", log.get());
}
