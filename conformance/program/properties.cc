#include "program/properties.h"

#include <utility>

#include "program/search.h"

namespace psq::conformance {
namespace {

// A subject that is merely slow shows enough within so many times the budget.
constexpr int kLargerBudget = 20;

[[noreturn]] void fail(const Failure& failure) {
  const Violation& violation = *failure.run.violation;
  Failed failed{.clause = violation.clause,
                .expected = "a run that the clauses allow",
                .saw = violation.why + " (found by: " + violation.checker + ", seed " +
                       std::to_string(failure.seed) + ")",
                .cause = violation.cause,
                .columns = in_words(failure),
                .files = evidence_of(failure)};
  if (!violation.cause) throw failed;
  throw Blocked{std::move(failed)};
}

SearchOptions options_of(const Scenario& t, Kind kind, std::string about) {
  SearchOptions options{.kind = kind,
                        .about = std::move(about),
                        .first_seed = t.seed(),
                        .budget = t.effort().budget,
                        .most_budget = t.patient(kLargerBudget * t.effort().budget),
                        .most_programs = t.effort().programs,
                        .shrink_for = t.patient(t.effort().shrinking)};
  if (options.most_programs < INT64_MAX) {
    options.budget = Nanoseconds::max();
    options.most_budget = Nanoseconds{0};
  }
  return options;
}

}  // namespace

void any_program(Scenario& t, Kind kind, std::string about) {
  Search search{t, options_of(t, kind, std::move(about))};
  const auto failure = search.next_failure();
  t.note_seen(numbers_of(search.seen()));
  if (failure) fail(*failure);
  if (const std::string why = search.too_little(); !why.empty())
    throw Inconclusive{why + "; with fewer tests at a time (--jobs 1) more is seen"};
}

}  // namespace psq::conformance
