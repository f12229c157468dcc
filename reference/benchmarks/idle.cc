#include "benchmarks/idle.h"

#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "benchmarks/children.h"
#include "psq/psq.h"
#include "src/clock.h"

namespace psq::bench {
namespace {

using Queue = psq::Queue<std::string>;

constexpr int kQueues = 50;  // Enough to make the memory that they share negligible.

// Resident memory as the kernel counts it, shared pages included.
double resident_bytes() {
  std::ifstream file("/proc/self/smaps_rollup");
  for (std::string word; file >> word;) {
    double kibibytes = 0;
    if (word == "Rss:" && file >> kibibytes) return kibibytes * 1024;
  }
  fail("psq-measure: /proc/self/smaps_rollup");
}

template <typename Use>
double bytes_of_each(const Use& use) {
  const auto one = [&](Queue& queue) { use(queue); };
  Queue first;  // Touches the memory that every process touches once.
  one(first);
  const double before = resident_bytes();
  std::vector<Queue> queues(kQueues);
  for (Queue& queue : queues) one(queue);
  return (resident_bytes() - before) / kQueues;
}

template <typename Wait>
double share_of(const Wait& wait, int seconds) {
  const double before = used_here();
  wait(std::chrono::seconds{seconds});
  return (used_here() - before) / 1e9 / seconds;
}

}  // namespace

double waiting_share(int seconds) {
  Queue queue;
  return share_of([&](std::chrono::seconds length) { (void)queue.try_get(length); }, seconds);
}

double asleep_share(int seconds) {
  const auto sleep_in_pieces = [](std::chrono::seconds length) {
    for (auto left = length / detail::kLookAgain; left > 0; --left)
      std::this_thread::sleep_for(detail::kLookAgain);
  };
  return share_of(sleep_in_pieces, seconds);
}

double fresh_bytes() {
  return bytes_of_each([](Queue&) {});
}

double used_bytes() {
  return bytes_of_each([](Queue& queue) {
    queue.put("item");
    (void)queue.get();
  });
}

}  // namespace psq::bench
