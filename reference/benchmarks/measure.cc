// One measurement, for compare.py or by hand.
//
//   psq-measure throughput CARRIER SIZE PRODUCERS CONSUMERS ITEMS [BOUND]
//   psq-measure round-trips CARRIER SIZE CORES ITEMS
//   psq-measure delays CARRIER SIZE COMPUTING ITEMS
//   psq-measure large CARRIER SIZE ROUNDS
//   psq-measure idle share|asleep-share|fresh-bytes|used-bytes
//   psq-measure many waiting PROCESSES | forks QUEUES | favour PAIRS BOUND
//   psq-measure list
//
// Prints three numbers for items or round trips: how many a second, and the nanoseconds of
// processor time of each put and of each take. Prints two for delays beside COMPUTING processes
// that compute: the median and the 99th percentile of a round trip, in microseconds; three for
// large items, one after the other: how many a second, and by the time of an item's put and take
// that of two copies of it, and that of two copies through new memory; one for idle queues; for
// many, the share of a processor, the milliseconds of a fork after a use of all queues and at rest,
// or how many times as much the most favoured producer and consumer do as the least favoured ones.
// Exit status 69: the carrier cannot carry this load here; 64: wrong usage; 70: the measurement
// failed.

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/carriers.h"
#include "benchmarks/idle.h"
#include "benchmarks/many.h"
#ifdef PSQ_WITH_BOOST
#include "benchmarks/boost_queue.h"
#endif

namespace {

using psq::bench::Load;
using psq::bench::Rate;

struct Unable : std::exception {};
struct Usage : std::exception {};

template <typename Carrier>
void check_can(const Load& load) {
  if constexpr (requires { Carrier::can(load); }) {
    if (!Carrier::can(load)) throw Unable();
  }
}

template <typename Carrier>
Rate throughput_by(const Load& load) {
  check_can<Carrier>(load);
  Carrier carrier(load);
  return throughput(carrier, load);
}

template <typename Carrier>
Rate round_trips_by(const Load& load) {
  check_can<Carrier>(load);
  Carrier there(load);
  Carrier back(load);
  return round_trips(there, back, load);
}

template <typename Carrier>
psq::bench::Delays delays_by(const Load& load) {
  check_can<Carrier>(load);
  Carrier there(load);
  Carrier back(load);
  return delays(there, back, load);
}

template <typename Carrier>
psq::bench::Large large_by(const Load& load) {
  check_can<Carrier>(load);
  Carrier carrier(load);
  return large_items(carrier, load);
}

struct Kind {
  std::string_view name;
  Rate (*throughput)(const Load&);
  Rate (*round_trips)(const Load&);
  psq::bench::Delays (*delays)(const Load&);
  psq::bench::Large (*large)(const Load&);
};

template <typename Carrier>
constexpr Kind kind(std::string_view name) {
  return {name, throughput_by<Carrier>, round_trips_by<Carrier>, delays_by<Carrier>,
          large_by<Carrier>};
}

constexpr Kind kKinds[] = {
    kind<psq::bench::ByQueue>("queue"),
    kind<psq::bench::BySimpleQueue>("simple-queue"),
    kind<psq::bench::ByJoinableQueue>("joinable-queue"),
    kind<psq::bench::Lent<psq::bench::ByQueue>>("queue-lent"),
    kind<psq::bench::Lent<psq::bench::BySimpleQueue>>("simple-queue-lent"),
    kind<psq::bench::ByPipe>("pipe"),
    kind<psq::bench::ByRawPipe>("raw-pipe"),
    kind<psq::bench::ByMqueue>("mqueue"),
#ifdef PSQ_WITH_BOOST
    {"boost", psq::bench::boost_throughput, psq::bench::boost_round_trips, psq::bench::boost_delays,
     [](const Load&) -> psq::bench::Large { throw Unable(); }},
#endif
};

const Kind& kind_of(std::string_view name) {
  for (const Kind& each : kKinds) {
    if (each.name == name) return each;
  }
  throw Usage();
}

int number(const std::string& text, int least) {
  std::size_t used = 0;
  int value = 0;
  try {
    value = std::stoi(text, &used);
  } catch (const std::exception&) {
    throw Usage();
  }
  if (used != text.size() || value < least) throw Usage();
  return value;
}

Load throughput_load(const std::vector<std::string>& words) {
  if (words.size() < 6 || words.size() > 7) throw Usage();
  Load load{.size = static_cast<std::size_t>(number(words[2], 0)),
            .producers = number(words[3], 1),
            .consumers = number(words[4], 1),
            .items = number(words[5], 1),
            .bound = words.size() > 6 ? number(words[6], 0) : 0};
  constexpr int kMost = psq::bench::Times::kMost;
  const int parts = load.producers * load.consumers;
  if (load.producers > kMost || load.consumers > kMost || load.items % parts != 0) throw Usage();
  return load;
}

Load delay_load(const std::vector<std::string>& words) {
  if (words.size() != 5) throw Usage();
  return {.size = static_cast<std::size_t>(number(words[2], 0)),
          .items = number(words[4], 1),
          .computing = number(words[3], 0)};
}

Load large_load(const std::vector<std::string>& words) {
  if (words.size() != 4) throw Usage();
  return {.size = static_cast<std::size_t>(number(words[2], 0)), .items = number(words[3], 1)};
}

Load round_trip_load(const std::vector<std::string>& words) {
  if (words.size() != 5) throw Usage();
  return {.size = static_cast<std::size_t>(number(words[2], 0)),
          .items = number(words[4], 1),
          .two_cores = number(words[3], 1) > 1};
}

void print(const Rate& rate) {
  std::printf("%.1f %.1f %.1f\n", rate.per_second, rate.putting, rate.taking);
}

void measure_idle(const std::string& what) {
  if (what == "share") {
    std::printf("%.6f\n", psq::bench::waiting_share(2));
  } else if (what == "asleep-share") {
    std::printf("%.6f\n", psq::bench::asleep_share(2));
  } else if (what == "fresh-bytes") {
    std::printf("%.0f\n", psq::bench::fresh_bytes());
  } else if (what == "used-bytes") {
    std::printf("%.0f\n", psq::bench::used_bytes());
  } else {
    throw Usage();
  }
}

void measure_many(const std::vector<std::string>& words) {
  const std::string& what = words[1];
  const int count = number(words[2], 1);
  if (what == "waiting" && words.size() == 3) {
    std::printf("%.6f\n", psq::bench::waiting_share_of(count));
  } else if (what == "forks" && words.size() == 3) {
    const auto forks = psq::bench::forks_with(count);
    std::printf("%.3f %.3f\n", forks.after_use, forks.at_rest);
  } else if (what == "favour" && words.size() == 4 && count <= 64) {
    const auto favour = psq::bench::favour_among(count, number(words[3], 1));
    std::printf("%.2f %.2f\n", favour.producers, favour.consumers);
  } else {
    throw Usage();
  }
}

void run(const std::vector<std::string>& words) {
  if (words.size() == 1 && words[0] == "list") {
    for (const Kind& each : kKinds) std::printf("%s\n", std::string(each.name).c_str());
  } else if (words.size() < 2) {
    throw Usage();
  } else if (words[0] == "throughput") {
    print(kind_of(words[1]).throughput(throughput_load(words)));
  } else if (words[0] == "round-trips") {
    print(kind_of(words[1]).round_trips(round_trip_load(words)));
  } else if (words[0] == "delays") {
    const auto delays = kind_of(words[1]).delays(delay_load(words));
    std::printf("%.1f %.1f\n", delays.median, delays.ninety_ninth);
  } else if (words[0] == "large") {
    const auto large = kind_of(words[1]).large(large_load(words));
    std::printf("%.3f %.3f %.3f\n", large.per_second, large.of_two_copies, large.of_new_copies);
  } else if (words[0] == "idle" && words.size() == 2) {
    measure_idle(words[1]);
  } else if (words[0] == "many" && words.size() > 2) {
    measure_many(words);
  } else {
    throw Usage();
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run({argv + 1, argv + argc});
    return 0;
  } catch (const Unable&) {
    std::fputs("psq-measure: this carrier cannot carry items of this size here\n", stderr);
    return 69;
  } catch (const Usage&) {
    std::fputs(
        "usage: psq-measure throughput CARRIER SIZE PRODUCERS CONSUMERS ITEMS [BOUND]\n"
        "       psq-measure round-trips CARRIER SIZE CORES ITEMS\n"
        "       psq-measure delays CARRIER SIZE COMPUTING ITEMS\n"
        "       psq-measure large CARRIER SIZE ROUNDS\n"
        "       psq-measure idle share|asleep-share|fresh-bytes|used-bytes\n"
        "       psq-measure many waiting PROCESSES | forks QUEUES | favour PAIRS BOUND\n"
        "       psq-measure list     prints the carriers\n"
        "ITEMS must be a multiple of PRODUCERS times CONSUMERS, each at most 32; PAIRS is at most "
        "64.\n",
        stderr);
    return 64;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "psq-measure: %s\n", error.what());
    return 70;
  }
}
