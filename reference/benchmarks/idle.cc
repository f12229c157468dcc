#include "benchmarks/idle.h"

#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "benchmarks/children.h"
#include "psq/psq.h"

namespace psq::bench {
namespace {

using Queue = psq::Queue<std::string>;

constexpr int kQueues = 50;  // So many that what they share counts for little.

// What the kernel counts as resident, shared pages included.
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
  Queue first;  // What is only touched once is touched now.
  one(first);
  const double before = resident_bytes();
  std::vector<Queue> queues(kQueues);
  for (Queue& queue : queues) one(queue);
  return (resident_bytes() - before) / kQueues;
}

}  // namespace

double waiting_share(int seconds) {
  Queue queue;
  const std::chrono::seconds length{seconds};
  const auto wait = [&] {
    try {
      (void)queue.get(length);
    } catch (const psq::Empty&) {
    }
  };
  const double before = used_here();
  wait();
  return (used_here() - before) / 1e9 / seconds;
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
