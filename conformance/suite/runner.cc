#include "suite/runner.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "history/json_lines.h"
#include "law/clause.h"
#include "program/recorder.h"
#include "protocol/files.h"
#include "suite/card.h"
#include "suite/lacks.h"
#include "suite/memory_kills.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

void take_seen(TestResult& result, const Failed& failed, Scenario& scenario) {
  result.expected = failed.expected;
  result.saw = failed.saw;
  result.message = "expected " + failed.expected + "; saw " + failed.saw;
  if (failed.cause) {
    result.cause = failed.cause->text;
    result.sections = failed.cause->sections();
  }
  result.files = failed.files;
  result.columns = failed.columns.empty() ? scenario.session().transcript().columns(failed.step)
                                          : failed.columns;
}

// The law leaves open what it only observes: no behaviour there is a failure.
bool observe_failure(const std::string& id, const Failed& failed, Scenario& scenario) {
  const Clause* clause = find_clause(id);
  if (clause == nullptr || clause->level != Level::kObserved) return false;
  scenario.observe(id, "none of those named: expected " + failed.expected + "; saw " + failed.saw);
  return true;
}

void take_failure(TestResult& result, const Failed& failed, Scenario& scenario) {
  const std::string id = failed.clause.empty() ? result.clauses.at(0) : failed.clause;
  if (observe_failure(id, failed, scenario)) return;
  result.clause = id;
  const Clause* clause = find_clause(result.clause);
  const bool should = clause != nullptr && clause->level == Level::kShould;
  result.verdict = should ? Verdict::kDeviates : Verdict::kFail;
  take_seen(result, failed, scenario);
}

/// The clause of one of the sections that the test decides; empty when it decides none.
std::string decided(const TestResult& result, const std::vector<std::string>& sections) {
  const auto of_them = [&](const std::string& clause) {
    return std::ranges::any_of(
        sections, [&](const std::string& section) { return clause.starts_with(section + "."); });
  };
  const auto found = std::ranges::find_if(result.clauses, of_them);
  return found == result.clauses.end() ? "" : *found;
}

void take_block(TestResult& result, Failed failed, Scenario& scenario) {
  if (const auto own = decided(result, failed.cause->sections()); !own.empty()) {
    failed.clause = own;
    return take_failure(result, failed, scenario);
  }
  take_seen(result, failed, scenario);
  result.verdict = Verdict::kBlocked;
  result.message = "blocked: " + result.cause + "; saw " + result.saw;
}

void take(TestResult& result, Verdict verdict, const std::string& message) {
  result.verdict = verdict;
  result.message = message;
}

void require_profile(const TestCase& test, const Hello& hello) {
  if (const auto why = why_unsupported(test, hello, {}); !why.empty()) throw Unsupported{why};
}

// Needs that a test does not have would leave it out where it could run.
void check_needs(const TestCase& test, TestResult& result) {
  const auto needs = needs_of(test);
  const auto asked = [&](const Need& need) { return result.asked.contains(need.name()); };
  if (result.verdict == Verdict::kPass && !needs.empty() && std::ranges::none_of(needs, asked))
    take(result, Verdict::kInternalError,
         "it passed without " + needs.front().name() + ", which its section needs (suite/lacks.h)");
}

std::string history_of(const Session& session) {
  const history::History history = record(session);
  if (history.operations.empty()) return {};
  std::ostringstream out;
  history::write_json_lines(out, history);
  return out.str();
}

// What was recorded of a test, whatever its verdict; of a search that failed, of its failure.
void keep_history(const TestResult& result, const Scenario& scenario, const Options& options) {
  if (options.history.empty()) return;
  const auto failed = result.files.find("history.jsonl");
  const bool is_folder = std::filesystem::is_directory(options.history);
  const std::filesystem::path path{options.history};
  write_file(is_folder ? path / (as_file_name(result.test) + ".jsonl") : path,
             failed != result.files.end() ? failed->second : history_of(scenario.session()));
}

// What a person, or another run of the checkers, needs to look at the failure again.
void keep_evidence(TestResult& result, Scenario& scenario, const Options& options) {
  if (options.evidence.empty() || result.verdict == Verdict::kPass ||
      result.verdict == Verdict::kUnsupported)
    return;
  const auto folder = std::filesystem::path{options.evidence} / as_file_name(result.test);
  make_folder(folder);
  result.evidence = folder.string();
  write_file(folder / "hello.json", scenario.hello().line + "\n");
  write_file(folder / "driver.log", scenario.session().log());
  write_file(folder / "wire.jsonl", scenario.session().wire().json_lines(result.test));
  for (const auto& [name, contents] : result.files) write_file(folder / name, contents);
  if (const auto history = history_of(scenario.session());
      !history.empty() && !result.files.contains("history.jsonl"))
    write_file(folder / "history.jsonl", history);
  write_file(folder / "steps.txt", scenario.session().transcript().whole());
}

/// A verdict stands, whatever of its evidence has no room.
void keep(TestResult& result, const std::function<void()>& write) {
  try {
    write();
  } catch (const CannotWrite& error) {
    result.problem = error.what();
    std::cerr << "psq-conformance: " << result.test << ": " << error.what() << "\n";
  }
}

Effort effort(const Options& options) {
  return {.budget = in_nanoseconds(options.budget),
          .shrinking = in_nanoseconds(options.shrink_for),
          .programs = options.programs};
}

bool is_against(Verdict verdict) {
  return verdict == Verdict::kFail || verdict == Verdict::kDeviates ||
         verdict == Verdict::kBlocked || verdict == Verdict::kDriverError;
}

void take_doubt(TestResult& result, std::int64_t kills) {
  const std::string doubt = doubt_without_memory(kills, result.message);
  if (doubt.empty() || !is_against(result.verdict)) return;
  take(result, Verdict::kInconclusive, doubt);
  result.clause.clear();
}

void judge(const TestCase& test, TestResult& result, Scenario& scenario) {
  const std::int64_t kills_before = memory_kills();
  try {
    require_profile(test, scenario.hello());
    test.body(scenario);
    scenario.expect_nothing_left();
  } catch (const Failed& failed) {
    take_failure(result, failed, scenario);
  } catch (const Blocked& blocked) {
    take_block(result, blocked.failed, scenario);
  } catch (const Unsupported& lack) {
    take(result, Verdict::kUnsupported, lack.what());
  } catch (const Inconclusive& doubt) {
    take(result, Verdict::kInconclusive, doubt.what());
    result.columns =
        scenario.session().transcript().columns(scenario.session().transcript().newest());
  } catch (const DriverError& error) {
    take(result, Verdict::kDriverError, error.what());
  }
  result.observed = scenario.observed();
  result.seen = scenario.seen();
  result.asked = scenario.asked();
  result.late = scenario.late();
  take_doubt(result, memory_kills() - kills_before);
  check_needs(test, result);
}

}  // namespace

SessionOptions session_options(const Options& options) {
  return {.command = options.driver,
          .patience = options.patience,
          .hang_after = in_nanoseconds(options.hang_after),
          .driver_times = DriverTimes::parse(options.driver_times)};
}

TestResult run_test(const TestCase& test, const Options& options, const Ledger& ledger,
                    ResultFile& file, std::optional<Earlier> earlier) {
  TestResult result{.test = test.name, .clauses = test.clauses, .earlier = std::move(earlier)};
  Hello hello;
  const auto began = Clock::now();
  try {
    Scenario scenario{session_options(options), options.seed, effort(options)};
    hello = scenario.hello();
    file.implementation(hello);
    ledger.expect_for(hello);
    judge(test, result, scenario);
    ledger.apply(result, hello);
    keep(result, [&] { keep_evidence(result, scenario, options); });
    keep(result, [&] { keep_history(result, scenario, options); });
  } catch (const DriverError& error) {
    take(result, Verdict::kDriverError, error.what());
  } catch (const Inconclusive& doubt) {  // the driver never got as far as its hello
    take(result, Verdict::kInconclusive, doubt.what());
  } catch (const CannotWrite&) {
    throw;  // the results themselves: nothing more can be kept
  } catch (const ForeignLedger&) {
    throw;  // it is so for every test
  } catch (const std::exception& error) {
    take(result, Verdict::kInternalError, std::string{"the suite itself failed: "} + error.what());
  }
  result.seconds = std::chrono::duration<double>{Clock::now() - began}.count();
  result.card = failure_card(result, hello, options);
  file.test(result, options.seed);
  return result;
}

TestResult not_run(const TestCase& test, Verdict verdict, const std::string& why,
                   const Options& options, ResultFile& file) {
  TestResult result{.test = test.name, .clauses = test.clauses};
  take(result, verdict, why);
  result.card = failure_card(result, {}, options);
  file.test(result, options.seed);
  return result;
}

}  // namespace psq::conformance
