// A property over generated programs: whatever the producers, consumers, sizes and bound, each
// producer's items arrive exactly once and in its order.
#include <rapidcheck.h>

#include <numeric>
#include <sstream>

#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

constexpr int kPrograms = 8;
// Shrinking re-runs programs that may hang: past this, the smallest that failed until then is the
// one shown.
constexpr auto kShrinkingEnds = 60s;

/// Producers by the sizes of their items; consumers by the share of the items that they take.
struct Program {
  std::int64_t maxsize = 0;
  std::vector<std::vector<std::int64_t>> producers;
  std::vector<int> consumers;
};

std::string in_words(const Program& program) {
  std::ostringstream out;
  out << "maxsize " << program.maxsize << ", producers of";
  for (const auto& sizes : program.producers) out << " " << sizes.size();
  out << " items, " << program.consumers.size() << " consumers";
  return out.str();
}

rc::Gen<std::int64_t> any_size() {
  return rc::gen::weightedOneOf<std::int64_t>(
      {{8, rc::gen::inRange<std::int64_t>(1, 2000)}, {2, rc::gen::elementOf(boundary_sizes())}});
}

Program any_program() {
  Program program;
  program.maxsize = *rc::gen::elementOf(std::vector<std::int64_t>{0, 1, 2, 5, 100});
  program.producers = *rc::gen::resize(
      3, rc::gen::nonEmpty(rc::gen::container<std::vector<std::vector<std::int64_t>>>(
             rc::gen::resize(40, rc::gen::container<std::vector<std::int64_t>>(any_size())))));
  program.consumers = *rc::gen::resize(
      3, rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 4))));
  return program;
}

// Deals all items to the consumers in proportion to their shares, the rest to the first.
std::vector<std::int64_t> shares_of(const Program& program, std::int64_t items) {
  const auto parts =
      std::accumulate(program.consumers.begin(), program.consumers.end(), std::int64_t{0});
  std::vector<std::int64_t> shares;
  for (const int part : program.consumers) shares.push_back(items * part / parts);
  shares.front() += items - std::accumulate(shares.begin(), shares.end(), std::int64_t{0});
  return shares;
}

Request puts_of(const Scenario& t, const Object& q, const std::string& from,
                const std::vector<std::int64_t>& sizes) {
  std::vector<Request> list;
  for (const std::int64_t size : sizes) {
    list.push_back(put(q, t.item(from, static_cast<std::int64_t>(list.size()), size)));
  }
  return run(std::move(list));
}

void run_program(Scenario& t, const Program& program) {
  t.restart();
  const Actor main = t.root();
  const Object q = main.queue(program.maxsize);
  std::map<std::string, std::int64_t> put_by;
  std::vector<Call*> puts;
  for (std::size_t i = 0; i < program.producers.size(); ++i) {
    const Actor producer = main.spawn("producer" + std::to_string(i), {q});
    put_by[producer.name()] = static_cast<std::int64_t>(program.producers[i].size());
    puts.push_back(&producer.start(puts_of(t, q, producer.name(), program.producers[i])));
  }
  std::int64_t items = 0;
  for (const auto& [from, count] : put_by) items += count;
  std::vector<Call*> gets;
  for (const std::int64_t share : shares_of(program, items)) {
    const Actor consumer = main.spawn("consumer" + std::to_string(gets.size()), {q});
    gets.push_back(&consumer.start(get_many(q, share)));
  }
  std::vector<Obtained> obtained;
  for (Call* each : gets) obtained.push_back(all_obtained(t, *each));
  for (Call* each : puts) t.expect(t.finish(*each), Outcome::kOk);
  expect_exactly_once(t, put_by, obtained);
  expect_producer_order(t, obtained);
}

/// Keeps what rapidcheck has no word for: verdicts other than two, and the transcript of the
/// smallest failure.
struct Search {
  Scenario& t;
  std::optional<Failed> smallest = {};
  std::string program = {};
  std::exception_ptr undecided = {};
  int programs = 0;
  int failures = 0;
  Nanoseconds deadline = Nanoseconds::max();

  bool holds(const Program& candidate) {
    if (undecided || monotonic_now() > deadline) return true;
    ++programs;
    try {
      run_program(t, candidate);
      return true;
    } catch (Failed& failed) {
      ++failures;
      if (!smallest) deadline = monotonic_now() + kShrinkingEnds;
      failed.columns = t.session().transcript().columns(failed.step);
      smallest = failed;
      program = in_words(candidate);
      return false;
    } catch (...) {
      undecided = std::current_exception();
      return true;
    }
  }
};

void any_producers_and_consumers(Scenario& t) {
  Search search{.t = t};
  rc::detail::TestParams params;
  params.seed = t.seed();
  params.maxSuccess = kPrograms;
  rc::detail::checkTestable([&] { RC_ASSERT(search.holds(any_program())); },
                            rc::detail::TestMetadata{.id = "per-producer order", .description = ""},
                            params);
  if (search.smallest) {
    Failed failed = *search.smallest;
    failed.saw += " [smallest program that failed: " + search.program + "; " +
                  std::to_string(search.failures) + " of " + std::to_string(search.programs) +
                  " runs failed]";
    throw failed;
  }
  if (search.undecided) std::rethrow_exception(search.undecided);
  if (search.programs < kPrograms)
    throw Inconclusive{"only " + std::to_string(search.programs) + " programs ran"};
}

const Tests kTests{
    {{"queue.order.per-producer"}, any_producers_and_consumers, "property"},
};

}  // namespace
}  // namespace psq::conformance
