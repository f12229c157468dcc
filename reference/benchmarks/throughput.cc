// How many items a second the queues carry between processes.
//
//   psq-throughput [KIND…]     the named comparisons, or all
//
// Runs of the kinds are interleaved, and the median is printed, so that a busy moment of the
// machine meets all of them alike. The consumer measures, from its first item to its last.
// Beside the rate stands the processor time that the putting and the getting process used for an
// item, which says more on a machine that has other things to do.

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "psq/psq.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRuns = 7;
constexpr std::size_t kSmall = 64;
constexpr std::size_t kLarge = std::size_t{1} << 20;

// Runs `body` in a child.
pid_t in_child(const std::function<void()>& body) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  body();
  psq::exit(0);
}

// What was measured: how much of it a second, and the processor time each took, in nanoseconds.
struct Rate {
  double per_second = 0;
  double putting = 0;
  double getting = 0;
};

double nanoseconds_of(const rusage& usage) {
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_usec) * 1e3;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

double used_here() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return nanoseconds_of(usage);
}

// Returns the processor time that it used.
double reap(pid_t pid) {
  int status = 0;
  rusage usage{};
  if (wait4(pid, &status, 0, &usage) != pid || status != 0) {
    std::fprintf(stderr, "a process of the measurement failed\n");
    std::exit(1);
  }
  return nanoseconds_of(usage);
}

// `send` puts `items` in each of so many children; `receive` takes one here. Items a second.
Rate between(int producers, int items, const std::function<void(int)>& send,
             const std::function<void()>& receive) {
  std::vector<pid_t> children;
  for (int i = 0; i < producers; ++i) children.push_back(in_child([&] { send(items); }));
  receive();
  const auto begin = Clock::now();
  const double used_before = used_here();
  const int left = producers * items - 1;
  for (int i = 0; i < left; ++i) receive();
  const std::chrono::duration<double> took = Clock::now() - begin;
  Rate rate{.per_second = left / took.count(), .getting = (used_here() - used_before) / left};
  for (const pid_t child : children) rate.putting += reap(child) / left;
  return rate;
}

template <typename Queue>
Rate through(Queue queue, int producers, int items, std::size_t size) {
  const std::string item(size, 'x');
  return between(
      producers, items,
      [&](int count) {
        for (int i = 0; i < count; ++i) queue.put(item);
      },
      [&] { (void)queue.get(); });
}

Rate through_tasks(int items) {
  psq::JoinableQueue<std::string> queue;
  const std::string item(kSmall, 'x');
  return between(
      1, items,
      [&](int count) {
        for (int i = 0; i < count; ++i) queue.put(item);
        queue.join();
      },
      [&] {
        (void)queue.get();
        queue.task_done();
      });
}

Rate through_pipe(int items, std::size_t size) {
  int ends[2];
  if (pipe(ends) != 0) std::abort();
  std::string item(size, 'x');
  std::string taken(size, ' ');
  const Rate rate = between(
      1, items,
      [&](int count) {
        for (int i = 0; i < count; ++i) {
          for (std::size_t done = 0; done < size;) {
            done += static_cast<std::size_t>(write(ends[1], item.data() + done, size - done));
          }
        }
      },
      [&] {
        for (std::size_t done = 0; done < size;) {
          done += static_cast<std::size_t>(read(ends[0], taken.data() + done, size - done));
        }
      });
  close(ends[0]);
  close(ends[1]);
  return rate;
}

// There and back again, `times` times. Round trips a second.
Rate back_and_forth(const std::function<void()>& ask, const std::function<void()>& answer) {
  constexpr int kTimes = 20000;
  const pid_t child = in_child([&] {
    for (int i = 0; i < kTimes; ++i) answer();
  });
  const auto begin = Clock::now();
  const double used_before = used_here();
  for (int i = 0; i < kTimes; ++i) ask();
  const std::chrono::duration<double> took = Clock::now() - begin;
  return {.per_second = kTimes / took.count(),
          .putting = reap(child) / kTimes,
          .getting = (used_here() - used_before) / kTimes};
}

template <typename Queue>
Rate round_trips() {
  Queue there;
  Queue back;
  const std::string item(kSmall, 'x');
  return back_and_forth(
      [&] {
        there.put(item);
        (void)back.get();
      },
      [&] { back.put(there.get()); });
}

Rate pipe_round_trips() {
  int there[2];
  int back[2];
  if (pipe(there) != 0 || pipe(back) != 0) std::abort();
  char item[kSmall] = {};
  const auto move = [&](int to, int from, bool write_first) {
    if (write_first && write(to, item, sizeof item) < 0) std::abort();
    if (read(from, item, sizeof item) < 0) std::abort();
    if (!write_first && write(to, item, sizeof item) < 0) std::abort();
  };
  const Rate rate = back_and_forth([&] { move(there[1], back[0], true); },
                                   [&] { move(back[1], there[0], false); });
  for (const int end : {there[0], there[1], back[0], back[1]}) close(end);
  return rate;
}

using Queue = psq::Queue<std::string>;
using SimpleQueue = psq::SimpleQueue<std::string>;

struct Kind {
  const char* name;
  const char* unit;
  std::function<Rate()> run;
};

const Kind kKinds[] = {
    {"queue", "items/s", [] { return through(Queue(), 1, 1'000'000, kSmall); }},
    {"queue-bounded-1000", "items/s",
     [] { return through(Queue({.maxsize = 1000}), 1, 500'000, kSmall); }},
    {"queue-two-producers", "items/s", [] { return through(Queue(), 2, 500'000, kSmall); }},
    {"simple-queue", "items/s", [] { return through(SimpleQueue(), 1, 1'000'000, kSmall); }},
    {"simple-queue-two-producers", "items/s",
     [] { return through(SimpleQueue(), 2, 500'000, kSmall); }},
    {"joinable-queue", "items/s", [] { return through_tasks(1'000'000); }},
    {"pipe", "items/s", [] { return through_pipe(1'000'000, kSmall); }},
    {"queue-1-mib", "items/s", [] { return through(Queue(), 1, 500, kLarge); }},
    {"simple-queue-1-mib", "items/s", [] { return through(SimpleQueue(), 1, 500, kLarge); }},
    {"pipe-1-mib", "items/s", [] { return through_pipe(500, kLarge); }},
    {"queue-round-trip", "round trips/s", round_trips<Queue>},
    {"simple-queue-round-trip", "round trips/s", round_trips<SimpleQueue>},
    {"pipe-round-trip", "round trips/s", pipe_round_trips},
};

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> wanted(argv + 1, argv + argc);
  std::vector<const Kind*> chosen;
  for (const Kind& kind : kKinds) {
    if (wanted.empty() || std::ranges::count(wanted, kind.name) > 0) chosen.push_back(&kind);
  }
  if (chosen.empty() || (!wanted.empty() && chosen.size() != wanted.size())) {
    std::fputs("psq-throughput: unknown kind; the kinds are:\n", stderr);
    for (const Kind& kind : kKinds) std::fprintf(stderr, "  %s\n", kind.name);
    return 64;
  }
  std::vector<std::vector<Rate>> rates(chosen.size());
  for (int run = 0; run < kRuns; ++run) {
    for (std::size_t i = 0; i < chosen.size(); ++i) rates[i].push_back(chosen[i]->run());
  }
  std::printf("%-28s %25s %24s\n", "", "median (least to most)", "ns to put, to get");
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const auto median = [&](double Rate::*what) {
      std::ranges::sort(rates[i], {}, what);
      return rates[i][kRuns / 2].*what;
    };
    const double putting = median(&Rate::putting);
    const double getting = median(&Rate::getting);
    const double per_second = median(&Rate::per_second);
    std::printf("%-28s %10.0f %s (%.0f to %.0f)  %.0f %.0f\n", chosen[i]->name, per_second,
                chosen[i]->unit, rates[i].front().per_second, rates[i].back().per_second, putting,
                getting);
  }
}
