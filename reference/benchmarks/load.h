// The measurements: templates over the type of the carrier.
//
// A carrier is created before the processes fork, and has
//
//   void put(const std::string& item);
//   void take(std::string& item);   // the length of `item` is the length to expect
//   void finish();                  // called by a producer after its last item

#ifndef PSQ_BENCHMARKS_LOAD_H_
#define PSQ_BENCHMARKS_LOAD_H_

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "benchmarks/children.h"
#include "psq/psq.h"
#include "tests/shared_object.h"

namespace psq::bench {

struct Load {
  std::size_t size = 64;  // Bytes of an item.
  int producers = 1;
  int consumers = 1;
  int items = 1000;        // In total. Producers put equal parts, and so consumers take.
  std::int64_t bound = 0;  // In items, for queues that can have a bound; 0 for none.
  bool two_cores = true;   // For round trips: whether each process has a core of its own.
  int computing = 0;       // For delays: processes that compute meanwhile.
};

// Items or round trips per second, and the processor time of each put and take in nanoseconds.
struct Rate {
  double per_second = 0;
  double putting = 0;
  double taking = 0;
};

// The begin and the end of each process, in memory that all of them share.
struct Times {
  static constexpr std::size_t kMost = 32;
  std::array<double, kMost> begun{};
  std::array<double, kMost> ended{};
};

// Measures from the first put to the last take. Every process runs before the first put.
template <typename Carrier>
Rate throughput(Carrier& carrier, const Load& load) {
  const test::SharedObject<Times> times;
  auto ends = psq::pipe<char>(psq::one_way);
  auto& gate = ends.first;
  auto& opener = ends.second;
  const auto each_side = [&](int processes, const auto& work) {
    std::vector<pid_t> children;
    for (int i = 0; i < processes; ++i) {
      children.push_back(in_child([&, i] {
        opener.close();
        (void)gate.poll(psq::forever);  // All processes see the end of the stream at once.
        std::string item(load.size, 'x');
        work(item, static_cast<std::size_t>(i));
      }));
    }
    return children;
  };
  const auto takers = each_side(load.consumers, [&](std::string& item, std::size_t which) {
    for (int i = load.items / load.consumers; i > 0; --i) carrier.take(item);
    times->ended[which] = now();
  });
  const auto putters = each_side(load.producers, [&](std::string& item, std::size_t which) {
    times->begun[which] = now();
    for (int i = load.items / load.producers; i > 0; --i) carrier.put(item);
    carrier.finish();
  });
  opener.close();
  Rate rate;
  for (const pid_t child : takers) rate.taking += reap(child) / load.items;
  for (const pid_t child : putters) rate.putting += reap(child) / load.items;
  double begun = times->begun[0];
  for (int i = 1; i < load.producers; ++i)
    begun = std::min(begun, times->begun[static_cast<std::size_t>(i)]);
  const double ended = *std::max_element(times->ended.begin(), times->ended.end());
  rate.per_second = load.items / (ended - begun);
  return rate;
}

// Round trips between this process and a child, through two carriers.
template <typename Carrier>
Rate round_trips(Carrier& there, Carrier& back, const Load& load) {
  const pid_t child = in_child([&] {
    pin_to(load.two_cores ? 1 : 0);
    std::string item(load.size, 'x');
    for (int i = 0; i <= load.items; ++i) {
      there.take(item);
      back.put(item);
    }
  });
  pin_to(0);
  std::string item(load.size, 'x');
  const auto ask = [&] {
    there.put(item);
    back.take(item);
  };
  ask();  // Now the child runs, and every thread has started.
  const double used_before = used_here();
  const double begun = now();
  for (int i = 0; i < load.items; ++i) ask();
  const double ended = now();
  const double used = used_here() - used_before;
  return {.per_second = load.items / (ended - begun),
          .putting = used / load.items,
          .taking = reap(child) / load.items};
}

// Of round trips, in microseconds.
struct Delays {
  double median = 0;
  double ninety_ninth = 0;
};

// Round trips beside processes that compute. The system places all processes.
template <typename Carrier>
Delays delays(Carrier& there, Carrier& back, const Load& load) {
  std::vector<pid_t> computing;
  for (int i = 0; i < load.computing; ++i) computing.push_back(in_child(compute));
  const pid_t child = in_child([&] {
    std::string item(load.size, 'x');
    for (int i = 0; i < load.items; ++i) {
      there.take(item);
      back.put(item);
    }
  });
  std::vector<double> took;
  std::string item(load.size, 'x');
  for (int i = 0; i < load.items; ++i) {
    const double begun = now();
    there.put(item);
    back.take(item);
    took.push_back((now() - begun) * 1e6);
  }
  (void)reap(child);
  for (const pid_t each : computing) end(each);
  std::ranges::sort(took);
  return {took[took.size() / 2], took[took.size() * 99 / 100]};
}

// One item after the other, each so long that its copies are all that counts.
struct Large {
  double per_second = 0;
  double of_two_copies = 0;  // The time of two copies of as many bytes, by that of an item.
  double of_new_copies = 0;  // That of copy_through_new_memory, by that of an item.
};

// The medians of several rounds, each of two copies within this process, of two through new memory,
// and then of one item from its put to the end of its take in a child. Takes up to six times the
// memory of an item.
template <typename Carrier>
Large large_items(Carrier& carrier, const Load& load) {
  const test::SharedObject<double> taken_at;
  auto ends = psq::pipe<char>(psq::one_way);
  auto& taken = ends.first;
  auto& tell = ends.second;
  const pid_t child = in_child([&] {
    std::string item(load.size, 'x');
    for (int i = 0; i < load.items; ++i) {
      tell.send('.');
      carrier.take(item);
      *taken_at = now();
      tell.send('.');
    }
  });
  tell.close();  // So that the end of the child ends the wait for it.
  std::string item(load.size, 'x');
  std::string copy(load.size, 'y');
  std::vector<double> took;
  std::vector<double> shares;
  std::vector<double> new_shares;
  for (int i = 0; i < load.items; ++i) {
    (void)taken.recv();
    const double copied_from = now();
    std::memcpy(copy.data(), item.data(), load.size);
    std::memcpy(item.data(), copy.data(), load.size);
    const double copied_at = now();
    const double new_copies = copy_through_new_memory(item);
    const double begun = now();
    carrier.put(item);
    (void)taken.recv();
    took.push_back(*taken_at - begun);
    shares.push_back((copied_at - copied_from) / took.back());
    new_shares.push_back(new_copies / took.back());
  }
  (void)reap(child);
  const auto median = [](std::vector<double>& of) {
    std::ranges::sort(of);
    return of[of.size() / 2];
  };
  return {1 / median(took), median(shares), median(new_shares)};
}

}  // namespace psq::bench

#endif  // PSQ_BENCHMARKS_LOAD_H_
