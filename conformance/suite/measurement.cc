#include "suite/measurement.h"

#include <algorithm>

#include "suite/runner.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

// One of each class in which a driver, or the machine's memory, changes its ways.
constexpr std::int64_t kSizes[] = {128, 64 << 10, 1 << 20, 64 << 20};
constexpr int kRoundTrips = 7;

/// What an item can pass through; nothing where the driver has nothing of the kind.
struct Passage {
  Object in;
  Object out;
};

std::optional<Passage> passage(Scenario& t) {
  const Hello& hello = t.hello();
  const auto has = [&](ObjectType type, Operation in, Operation out) {
    return hello.declares(type, in) && hello.declares(type, out);
  };
  if (has(ObjectType::kConnection, Operation::kSend, Operation::kRecv)) {
    const auto [out, in] = t.root().pipe(false);
    return Passage{.in = in, .out = out};
  }
  if (has(ObjectType::kSimpleQueue, Operation::kPut, Operation::kGet)) {
    const Object q = t.root().simple_queue();
    return Passage{.in = q, .out = q};
  }
  if (!has(ObjectType::kQueue, Operation::kPut, Operation::kGet)) return std::nullopt;
  const Object q = t.root().queue();
  return Passage{.in = q, .out = q};
}

// The median: the first one may load code, and a machine may be late with any.
Nanoseconds round_trip(Scenario& t) {
  std::vector<Nanoseconds> took;
  for (int i = 0; i < kRoundTrips; ++i) {
    const Nanoseconds before = monotonic_now();
    t.root().ok(run({}));
    took.push_back(monotonic_now() - before);
  }
  std::ranges::nth_element(took, took.begin() + kRoundTrips / 2);
  return took[kRoundTrips / 2];
}

DriverTimes::OfItem of_item(Scenario& t, const Passage& through, std::int64_t size) {
  const bool is_pipe = through.in.type == ObjectType::kConnection;
  const Item item = t.item("root", 0, size);
  Call& putting =
      t.root().start((is_pipe ? send(through.in, item) : put(through.in, item)).by("in"));
  Call& getting = t.root().start((is_pipe ? recv(through.out) : get(through.out)).by("out"));
  const Answer obtained = t.finish(getting);
  const Nanoseconds came = monotonic_now();
  const Answer given = t.finish(putting);
  t.expect(obtained, Outcome::kOk);
  return {.size = item.size,
          .build = std::max(given.invoked - putting.sent, Nanoseconds{0}),
          .check = std::max(came - obtained.returned, Nanoseconds{0})};
}

}  // namespace

Look look_at_driver(const Options& options) {
  Look look;
  try {
    Scenario scenario{session_options(options), options.seed};
    look.hello = scenario.hello();
    DriverTimes times{.round_trip = round_trip(scenario)};
    if (const auto through = passage(scenario)) {
      for (const std::int64_t size : kSizes)
        times.items.push_back(of_item(scenario, *through, size));
    }
    look.times = times;
  } catch (const std::runtime_error&) {  // it is broken, or lacks something, or is too slow
  } catch (const Failed&) {
  } catch (const Blocked&) {  // an implementation that makes no pipe, for example
  }
  if (look.hello) look.lacks = ask_for_undeclared(options, *look.hello);
  return look;
}

}  // namespace psq::conformance
