#include "program/soak.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "program/search.h"
#include "protocol/files.h"
#include "suite/card.h"
#include "suite/memory_kills.h"
#include "suite/results.h"
#include "suite/runner.h"

namespace psq::conformance {
namespace {

// After so many failures an implementation is known to fail.
constexpr int kMostFailures = 5;
constexpr auto kBetweenReports = 500ms;

bool has_any_kind(const Hello& hello) {
  return std::ranges::any_of(hello.operations,
                             [](const auto& each) { return each.first != ObjectType::kProcess; });
}

class Soak {
 public:
  Soak(const Options& options, ResultFile& file)
      : options_(options),
        file_(file),
        scenario_(session_options(options), options.seed),
        search_(scenario_, {.kills = options.kills,
                            .stops = options.stops,
                            .first_seed = options.seed + options.shard - 1,
                            .stride = options.shards,
                            .budget = in_nanoseconds(options.budget),
                            .most_programs = options.programs,
                            .shrink_for = scenario_.patient(in_nanoseconds(options.shrink_for))}) {}

  ExitStatus run() {
    file_.implementation(scenario_.hello());
    if (!has_any_kind(scenario_.hello())) {
      std::cout << "inconclusive: the driver declares no queue and no pipe\n";
      return ExitStatus::kInconclusive;
    }
    while (failures_ < kMostFailures) {
      const auto failure = search_.next_failure([&] { report_now_and_then(); });
      if (!failure) break;
      keep(*failure);
    }
    report();
    return status();
  }

 private:
  void report_now_and_then() {
    if (monotonic_now() - reported_at_ >= kBetweenReports) report();
  }

  void report() {
    reported_at_ = monotonic_now();
    file_.soak_progress(numbers_of(search_.seen()), failures_);
  }

  void keep(const Failure& failure) {
    ++failures_;
    const Violation& violation = *failure.run.violation;
    TestResult result{.test = "seed-" + std::to_string(failure.seed),
                      .clauses = {},
                      .verdict = Verdict::kFail,
                      .clause = violation.clause};
    result.message = violation.why + " (found by: " + violation.checker + ")";
    result.columns = in_words(failure);
    result.files = evidence_of(failure);
    keep_files(result);
    result.card = failure_card(result, scenario_.hello(), options_);
    std::cout << result.card << "\n" << std::flush;
    file_.soak_failure(result, failure.seed);
  }

  void keep_files(TestResult& result) {
    if (options_.evidence.empty()) return;
    const auto folder = std::filesystem::path{options_.evidence} / result.test;
    make_folder(folder);
    result.evidence = folder.string();
    result.files["hello.json"] = scenario_.hello().line + "\n";
    result.files["driver.log"] = scenario_.session().log();
    result.files["wire.jsonl"] = scenario_.session().wire().json_lines(result.test);
    for (const auto& [name, contents] : result.files) write_file(folder / name, contents);
  }

  [[nodiscard]] ExitStatus status() const {
    if (failures_ > 0) return ExitStatus::kFails;
    // A replay of one program may see little.
    const bool bounded = options_.programs < INT64_MAX;
    const std::string gentle = bounded ? "" : too_gentle(search_.seen());
    const bool nothing = search_.seen().undecided == search_.seen().programs;
    if (!gentle.empty() || nothing)
      std::cout << "inconclusive: "
                << (nothing ? "no program could be decided; " + search_.seen().why_undecided
                            : gentle + "; with a longer --budget more is seen")
                << "\n";
    return gentle.empty() && !nothing ? ExitStatus::kConforms : ExitStatus::kInconclusive;
  }

  const Options& options_;
  ResultFile& file_;
  Scenario scenario_;
  Search search_;
  int failures_ = 0;
  Nanoseconds reported_at_ = monotonic_now();
};

// For what kept it from running programs; of processes that the kernel ended nothing is known.
ExitStatus broken_off(ExitStatus status, const std::string& why, std::int64_t kills_before) {
  const std::string doubt = doubt_without_memory(memory_kills() - kills_before, why);
  std::cout << (doubt.empty() ? why : "inconclusive: " + doubt) << "\n";
  return doubt.empty() ? status : ExitStatus::kInconclusive;
}

}  // namespace

ExitStatus soak(const Options& options) {
  ResultFile file{options.results};
  file.soak_plan(options);
  const std::int64_t kills_before = memory_kills();
  ExitStatus status = ExitStatus::kInternal;
  try {
    status = Soak{options, file}.run();
  } catch (const DriverError& error) {
    status = broken_off(ExitStatus::kDriverBroken, std::string{"driver-error: "} + error.what(),
                        kills_before);
  } catch (const Unsupported& lack) {
    std::cout << "inconclusive: " << lack.what() << "\n";
    status = ExitStatus::kInconclusive;
  } catch (const Blocked& blocked) {
    const std::string why = blocked.failed.cause->text + "; saw " + blocked.failed.saw;
    status = broken_off(ExitStatus::kFails, "fail: before a program began: " + why, kills_before);
  } catch (const Failed& failed) {
    const std::string why = "expected " + failed.expected + "; saw " + failed.saw;
    status = broken_off(ExitStatus::kFails, "fail: before a program began: " + why, kills_before);
  } catch (const Inconclusive& doubt) {
    std::cout << "inconclusive: " << doubt.what() << "\n";
    status = ExitStatus::kInconclusive;
  }
  file.soak_end(status);
  return status;
}

}  // namespace psq::conformance
