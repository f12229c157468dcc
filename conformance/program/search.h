// Searches for a program that fails, within a budget, and counts what it has seen.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "program/generator.h"
#include "program/runner.h"
#include "program/shrink.h"

namespace psq::conformance {

/// How much was seen: a search that saw nothing shows nothing.
struct Seen {
  std::int64_t programs = 0;
  std::int64_t operations = 0;
  std::int64_t overlapping = 0;  // pairs of calls on one object by two threads at once
  std::int64_t kills = 0;
  std::int64_t stops = 0;
  std::int64_t undecided = 0;      // programs of which it is not known whether they were right
  std::string why_undecided = {};  // of the last of them
};
std::map<std::string, std::int64_t> numbers_of(const Seen& seen);
/// Why a run saw too little to mean anything; empty when it saw enough.
std::string too_gentle(const Seen& seen);

/// A program that failed, with what a report shows of it.
struct Failure {
  std::uint64_t seed = 0;  // that draws the program as it was found
  Program found;
  Program smallest;
  RunResult run;     // a failing run of the smallest program
  Tried tried = {};  // of the smallest program, after it was found
};

struct SearchOptions {
  std::optional<Kind> kind = {};  // drawn for each program when absent
  /// An operation, such as "joinable_queue.join", without which the search has seen too little.
  std::string about = {};
  bool kills = false;
  bool stops = false;
  std::uint64_t first_seed = 0;
  std::uint64_t stride = 1;  // from one program's seed to the next
  Nanoseconds budget{0};
  /// While the search has seen too little, it goes on for so much time in all; when this is not 0,
  /// both budgets are of fair time.
  Nanoseconds most_budget{0};
  std::int64_t most_programs = INT64_MAX;
  Nanoseconds shrink_for{0};
};

class Search {
 public:
  Search(Scenario& scenario, const SearchOptions& options)
      : t_(scenario), runner_(scenario), options_(options), seed_(options.first_seed) {}

  /// Runs programs until one fails, or the budget is used up. `tick` is called after each. May be
  /// called again, and goes on with the next program.
  std::optional<Failure> next_failure(const std::function<void()>& tick = [] {});

  [[nodiscard]] const Seen& seen() const { return seen_; }
  [[nodiscard]] bool over() const;
  /// Why it saw too little to mean anything; empty when it saw enough.
  [[nodiscard]] std::string too_little() const;

 private:
  [[nodiscard]] Kind kind() const;
  [[nodiscard]] Program draw() const;
  void note(const RunResult& run);
  Failure shrunk(Program found, RunResult run);

  Scenario& t_;
  ProgramRunner runner_;
  SearchOptions options_;
  std::uint64_t seed_;
  double pace_ = 1.0;  // of the next program: its timeouts are so many times as long
  Nanoseconds began_ = monotonic_now();
  Nanoseconds spent_{0};  // of fair time
  Seen seen_;
};

/// For a reader: the smallest program, how often it failed, and the operations that show it.
std::string in_words(const Failure& failure);
/// The files of its evidence, by name.
std::map<std::string, std::string> evidence_of(const Failure& failure);

}  // namespace psq::conformance
