#include "program/search.h"

#include <algorithm>
#include <sstream>

#include "history/json_lines.h"
#include "history/vocabulary_names.h"
#include "protocol/transcript.h"

namespace psq::conformance {
namespace {

// Fewer than one a program on average, and few in all: the processes worked in turn.
constexpr std::int64_t kManyOverlaps = 100;
constexpr std::int64_t kFewestPrograms = 3;
// Budgets are of fair time. On a machine that is not fair, one ends after so many times its length.
constexpr int kUnfair = 3;
// A call that gives up after half of its timeout is seen when it ends before its time. On a busy
// machine it ends later than that. So timeouts, most of them of some milliseconds, are longer where
// calls end later after their timeouts than this.
constexpr Nanoseconds kUnnoticed = 2500us;
constexpr double kSlowestPace = 16;
// While a program is made smaller, a hang needs no full proof each time.
constexpr auto kHangsWhileShrinking = 1s;
constexpr std::size_t kMostShown = 12;

std::string outcome_of(const history::History& history, std::size_t number) {
  const auto result = history.operations[number].result;
  const std::string outcome =
      result == history::Result::kPending ? "(no answer)" : std::string{history::to_string(result)};
  const auto error = history.errors.find(number);
  return error == history.errors.end() ? outcome : outcome + " (" + error->second + ")";
}

std::string text_of(const history::History& history, std::size_t number) {
  const auto& each = history.operations[number];
  const auto& thread = history.threads[each.thread];
  const auto kind = history.objects[each.object].kind;
  std::string text = human(Nanoseconds{each.invoked}) + " .. " +
                     (each.returned == history::kNever ? std::string{"(never)"}
                                                       : human(Nanoseconds{each.returned}));
  text += std::string(text.size() < 24 ? 24 - text.size() : 1, ' ') + thread.process + "/" +
          thread.thread + " " + std::string{history::to_string(each.op, kind)} + " " +
          history.objects[each.object].name + " -> " + outcome_of(history, number);
  const bool item = each.op == history::Operator::kPut || each.op == history::Operator::kGet;
  if (item && each.value >= 0) {
    const auto& value = history.values[static_cast<std::size_t>(each.value)];
    text += " " + history.producers[value.producer] + "#" + std::to_string(value.seq) + " (" +
            std::to_string(value.size) + " B)";
  }
  if (each.op == history::Operator::kQsize) text += " " + std::to_string(each.value);
  if (!each.intact) text += ", not intact";
  return text;
}

double pace_at(Nanoseconds lateness) {
  const double times =
      static_cast<double>(lateness.count()) / static_cast<double>(kUnnoticed.count());
  return std::clamp(times, 1.0, kSlowestPace);
}

// Of a test about one kind, the driver itself says that it does not have it.
bool skips(const SearchOptions& options, const Hello& hello, Kind kind) {
  return !options.kind && !hello.has(type_of(kind));
}

}  // namespace

std::map<std::string, std::int64_t> numbers_of(const Seen& seen) {
  std::map<std::string, std::int64_t> numbers{{"programs", seen.programs},
                                              {"operations", seen.operations},
                                              {"overlapping", seen.overlapping},
                                              {"undecided", seen.undecided}};
  if (seen.kills > 0) numbers["kills"] = seen.kills;
  if (seen.stops > 0) numbers["stops"] = seen.stops;
  return numbers;
}

std::string too_gentle(const Seen& seen) {
  const std::string saw = std::to_string(seen.programs) + " programs, " +
                          std::to_string(seen.overlapping) + " overlapping pairs of calls, " +
                          std::to_string(seen.undecided) + " programs undecided";
  if (seen.programs < kFewestPrograms || seen.overlapping < std::min(seen.programs, kManyOverlaps))
    return "too little happened at once to mean anything: " + saw;
  if (seen.undecided * 2 > seen.programs)
    return "most programs could not be decided: " + saw + "; the last: " + seen.why_undecided;
  return {};
}

bool Search::over() const {
  if (seen_.programs >= options_.most_programs) return true;
  const Nanoseconds passed = monotonic_now() - began_;
  if (options_.most_budget == Nanoseconds{0}) return passed >= options_.budget;
  if (spent_ < options_.budget && passed < kUnfair * options_.budget) return false;
  return spent_ >= options_.most_budget || passed >= kUnfair * options_.most_budget ||
         too_little().empty();
}

std::string Search::too_little() const {
  if (!options_.about.empty() && !t_.asked().contains(options_.about))
    return "none of " + std::to_string(seen_.programs) + " programs called " + options_.about;
  return too_gentle(seen_);
}

Kind Search::kind() const { return options_.kind ? *options_.kind : draw_kind(seed_); }

Program Search::draw() const {
  const Drawing drawing{.kind = kind(),
                        .kills = options_.kills,
                        .stops = options_.stops,
                        .bounds = t_.hello().bounds.contains("bounded")};
  return stretched(draw_program(seed_, drawing), pace_);
}

void Search::note(const RunResult& run) {
  ++seen_.programs;
  spent_ += run.took;
  pace_ = pace_at(lateness_of(run.history));
  seen_.operations += static_cast<std::int64_t>(run.history.operations.size());
  seen_.kills += run.kills;
  seen_.stops += run.stops;
  seen_.overlapping += static_cast<std::int64_t>(run.overlapping);
  if (run.violation || run.undecided.empty()) return;
  ++seen_.undecided;
  seen_.why_undecided = run.undecided;
}

std::optional<Failure> Search::next_failure(const std::function<void()>& tick) {
  while (!over()) {
    if (skips(options_, t_.hello(), kind())) {
      seed_ += options_.stride;
      continue;
    }
    Program program = draw();
    RunResult run = runner_.run(program);
    note(run);
    tick();  // shrinking takes long

    std::optional<Failure> failure;
    if (run.violation) failure = shrunk(std::move(program), std::move(run));
    seed_ += options_.stride;
    if (failure) return failure;
  }
  return std::nullopt;
}

Failure Search::shrunk(Program found, RunResult run) {
  Failure failure{.seed = seed_, .found = found, .smallest = found, .run = std::move(run)};
  const std::string clause = failure.run.violation->clause;
  const Nanoseconds hangs_after =
      std::min(FairBound::kHangs * t_.hang_bound(), t_.patient(Nanoseconds{kHangsWhileShrinking}));
  // One failure is enough to take a candidate, so the last that failed is the smallest.
  const auto fails = [&](const Program& candidate) {
    RunResult again = runner_.run(candidate, hangs_after);
    if (!again.violation || again.violation->clause != clause) return false;
    failure.smallest = candidate;
    failure.run = std::move(again);
    return true;
  };
  shrink(found, fails, monotonic_now() + options_.shrink_for, failure.tried);
  return failure;
}

std::string in_words(const Failure& failure) {
  std::ostringstream out;
  out << in_columns(failure.smallest);
  const Tried& tried = failure.tried;
  out << "the smallest program that failed";
  if (tried.runs > 0)
    out << "; it failed " << tried.failed << " of " << tried.runs << " times more";
  out << " (found with " << calls_in(failure.found) << " calls, now " << calls_in(failure.smallest)
      << ")\n";
  const auto& witness = failure.run.violation->witness;
  for (std::size_t i = 0; i < std::min(witness.size(), kMostShown); ++i)
    out << text_of(failure.run.history, witness[i]) << "\n";
  if (witness.size() > kMostShown) out << "... " << witness.size() - kMostShown << " more\n";
  return out.str();
}

std::map<std::string, std::string> evidence_of(const Failure& failure) {
  std::ostringstream history;
  history::write_json_lines(history, failure.run.history);
  std::ostringstream witness;
  for (const std::size_t index : failure.run.violation->witness) witness << index << "\n";
  const Violation& violation = *failure.run.violation;
  std::ostringstream program;
  program << "seed " << failure.seed << "\n"
          << violation.clause << " (" << violation.checker << "): " << violation.why << "\n\n"
          << in_words(failure) << "\nas it was found:\n"
          << in_columns(failure.found);
  return {{"history.jsonl", history.str()},
          {"seed.txt", std::to_string(failure.seed)},
          {"program.txt", program.str()},
          {"witness.txt", witness.str()}};
}

}  // namespace psq::conformance
