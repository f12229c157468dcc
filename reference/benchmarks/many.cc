#include "benchmarks/many.h"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "benchmarks/children.h"
#include "psq/psq.h"
#include "tests/shared_object.h"

namespace psq::bench {
namespace {

using Queue = psq::Queue<std::string>;
using namespace std::chrono_literals;

constexpr std::chrono::seconds kMeasured = 10s;

// The processor time that a process has used, in nanoseconds, as the scheduler counts it.
double used_by(pid_t process) {
  double used = 0;
  std::ifstream file("/proc/" + std::to_string(process) + "/schedstat");
  if (!(file >> used)) fail("psq-measure: schedstat");
  return used;
}

double used_by_all(const std::vector<pid_t>& processes) {
  double used = 0;
  for (const pid_t each : processes) used += used_by(each);
  return used;
}

// Starts a process for each number below `count`.
std::vector<pid_t> start(int count, const std::function<void(std::size_t)>& body) {
  std::vector<pid_t> all;
  for (int i = 0; i < count; ++i)
    all.push_back(in_child([&] { body(static_cast<std::size_t>(i)); }));
  return all;
}

void end_all(const std::vector<pid_t>& processes) {
  for (const pid_t each : processes) end(each);
}

void allow_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

constexpr std::size_t kMostPairs = 64;
using Counts = std::array<std::atomic<long>, kMostPairs>;

struct Done {
  Counts put{};
  Counts taken{};
};

double most_over_least(std::span<const std::atomic<long>> counts) {
  const auto [least, most] = std::ranges::minmax_element(
      counts, {}, [](const std::atomic<long>& each) { return each.load(); });
  return static_cast<double>(*most) / static_cast<double>(std::max(1L, least->load()));
}

// The median of several forks, each after a call of `before`.
double fork_milliseconds(const std::function<void()>& before) {
  constexpr int kForks = 9;
  const test::SharedObject<std::atomic<double>> body_began;
  std::vector<double> took;
  for (int i = 0; i < kForks; ++i) {
    before();
    const double begun = now();
    (void)reap(in_child([&] { *body_began = now(); }));
    took.push_back((*body_began - begun) * 1e3);
  }
  std::ranges::sort(took);
  return took[kForks / 2];
}

}  // namespace

double waiting_share_of(int processes) {
  Queue queue;
  const auto waiting = start(processes, [&](std::size_t) { (void)queue.get(); });
  std::this_thread::sleep_for(5s);  // Now all wait.
  const double before = used_by_all(waiting);
  std::this_thread::sleep_for(kMeasured);
  const double used = used_by_all(waiting) - before;
  end_all(waiting);
  return used / 1e9 / static_cast<double>(kMeasured.count());
}

Forks forks_with(int queues) {
  allow_descriptors();
  std::vector<Queue> all(static_cast<std::size_t>(queues));
  const auto use = [&] {
    for (Queue& each : all) {
      each.put("item");
      (void)each.get();
    }
  };
  const double after_use = fork_milliseconds(use);
  std::this_thread::sleep_for(2s);
  return {.after_use = after_use, .at_rest = fork_milliseconds([] {})};
}

Favour favour_among(int pairs, int bound) {
  Queue queue({.maxsize = bound});
  const test::SharedObject<Done> done;
  const auto consumers = start(pairs, [&](std::size_t which) {
    for (;; ++done->taken[which]) (void)queue.get();
  });
  const auto producers = start(pairs, [&](std::size_t which) {
    for (const std::string item(64, 'x');; ++done->put[which]) queue.put(item);
  });
  std::this_thread::sleep_for(kMeasured);
  const auto count = static_cast<std::size_t>(pairs);
  const Favour favour{.producers = most_over_least(std::span(done->put).first(count)),
                      .consumers = most_over_least(std::span(done->taken).first(count))};
  end_all(producers);
  end_all(consumers);
  return favour;
}

}  // namespace psq::bench
