#include "suite/options.h"

#include <fnmatch.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <iostream>
#include <random>
#include <stdexcept>

#include "law/clause.h"
#include "suite/verdict.h"

namespace psq::conformance {
namespace {

bool matches(const std::string& glob, std::string_view text) {
  return ::fnmatch(glob.c_str(), std::string{text}.c_str(), 0) == 0;
}

bool matches(const std::string& glob, const TestCase& test) {
  return matches(glob, test.name) || std::ranges::any_of(test.clauses, [&](const auto& clause) {
           return matches(glob, clause);
         });
}

bool is_named(const std::vector<std::string>& names, const TestCase& test) {
  return names.empty() || std::ranges::find(names, test.name) != names.end();
}

bool in_profiles(const std::vector<std::string>& profiles, const TestCase& test) {
  const Clause* clause = find_clause(test.clauses.at(0));
  return profiles.empty() ||
         (clause != nullptr &&
          std::ranges::find(profiles, to_string(clause->profile)) != profiles.end());
}

bool is_asked_for(const Options& options, const TestCase& test) {
  const bool matched =
      options.tests.empty() ||
      std::ranges::any_of(options.tests, [&](const auto& glob) { return matches(glob, test); });
  return matched && is_named(options.exactly, test) && in_profiles(options.profiles, test);
}

bool is_planned(const Options& options, const TestCase& test) {
  return !test.thorough || options.thorough || !options.exactly.empty() ||
         std::ranges::find(options.tests, test.name) != options.tests.end();
}

std::vector<TestCase> all_that(const std::function<bool(const TestCase&)>& wanted) {
  std::vector<TestCase> tests;
  std::ranges::copy_if(all_tests(), std::back_inserter(tests), wanted);
  return tests;
}

// A name or glob that matches nothing is a mistake: nothing would be verified.
void expect_each_matches(const Options& options) {
  for (const auto& glob : options.tests) {
    if (std::ranges::none_of(all_tests(),
                             [&](const TestCase& test) { return matches(glob, test); })) {
      throw std::invalid_argument{"no clause or test matches '" + glob +
                                  "'; --list prints the tests, --clauses the clauses"};
    }
  }
  for (const auto& name : options.exactly) {
    if (std::ranges::find(all_tests(), name, &TestCase::name) == all_tests().end())
      throw std::invalid_argument{"no test is named '" + name + "'; --list prints the tests"};
  }
}

std::vector<std::string> profile_names() {
  std::vector<std::string> names;
  for (const Profile each : all_profiles()) names.emplace_back(to_string(each));
  return names;
}

std::uint64_t some_seed() { return std::random_device{}() % 1'000'000'000; }

std::uint64_t number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
  return error == std::errc{} && end == text.end() ? number : 0;
}

/// `2/8` is the second of eight shares.
void take_share(const std::string& text, Options& options) {
  constexpr std::uint64_t kMost = 4096;
  const std::size_t slash = text.find('/');
  options.shard = number_in(std::string_view{text}.substr(0, slash));
  options.shards = slash == std::string::npos ? 0 : number_in(text.substr(slash + 1));
  if (options.shard < 1 || options.shards < options.shard || options.shards > kMost) {
    throw CLI::ValidationError{"--shard", text + " is no share such as 2/8"};
  }
}

void declare(CLI::App& app, Options& options) {
  app.add_flag("--list", options.list, "Print the tests, one JSON object a line; needs no driver");
  app.add_flag("--soak", options.soak,
               "Instead of tests: generated programs on every kind of object, for the budget");
  app.add_flag("--kills", options.kills, "With --soak: kill one process of each program");
  app.add_flag("--stops", options.stops,
               "With --soak: stop processes of each program; some are killed while they stand");
  app.add_option("--programs", options.programs,
                 "With --soak: no more programs than these; without it, each test that searches "
                 "among generated programs runs so many, whatever its --budget")
      ->check(CLI::Range(std::int64_t{1}, INT64_MAX));
  app.add_option_function<std::string>(
         "--shard", [&options](const std::string& text) { take_share(text, options); },
         "With --soak: the K-th share of N of the programs")
      ->type_name("K/N");
  app.add_flag("--clauses", options.clauses,
               "Print the clauses of the law, one JSON object a line; needs no driver");
  app.add_option("--test", options.tests,
                 "Only tests whose name or clause matches this glob (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--exactly", options.exactly,
                 "Only the test of this name, whatever else decides its clause (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--profile", options.profiles,
                 "Only tests of this profile of the law (repeatable)")
      ->allow_extra_args(false)
      ->check(CLI::IsMember(profile_names()));
  app.add_flag(
      "--thorough", options.thorough,
      "The thorough tests too, which take long or need much memory; without it, only those "
      "whose own names --test or --exactly gives");
  app.add_flag(
      "--measure", options.measure,
      "Look at the driver: write its hello, what it takes itself and the tests that it cannot "
      "have into the results, and judge nothing");
  app.add_option("--driver-times", options.driver_times,
                 "What was measured of the driver before: ROUND_TRIP,SIZE:BUILD:CHECK,... in us");
  app.add_flag("--once", options.once,
               "Do not run inconclusive tests once more at the end, for a caller that does it");
  app.add_option("--results", options.results,
                 "Append results to this file as the run goes (JSON Lines)");
  app.add_option("--evidence", options.evidence, "Keep a folder a failure below this folder");
  app.add_option("--ledger", options.ledger, "Known failures of the implementation")
      ->check(CLI::ExistingFile);
  app.add_option("--name", options.name, "What to call the implementation");
  app.add_option("--replay", options.replay,
                 "The command line of which failures say that it shows them again; --test, --seed "
                 "and the like are added to it");
  app.add_option("--seed", options.seed,
                 "Seed of everything that is drawn (default: a new one each run)");
  app.add_option("--patience", options.patience, "Scales every upper bound on time")
      ->check(CLI::Range(0.01, 1000.0));
  app.add_option("--hang-after", options.hang_after,
                 "Seconds of fair time after which a call that should end is late; it hangs after "
                 "three times as long")
      ->check(CLI::Range(0.1, 3600.0));
  app.add_option("--budget", options.budget,
                 "Seconds for each test that searches among generated programs")
      ->check(CLI::Range(0.1, 1e7));
  app.add_option("--shrink-for", options.shrink_for,
                 "Seconds to look for a smaller program, when one has failed")
      ->check(CLI::Range(0.0, 3600.0));
  app.add_option("--history", options.history,
                 "Write the history of each test: a file for one test, a folder for several");
  app.add_option("--unsupported-status", options.unsupported_status,
                 "Exit status when every selected test was unsupported");
}

}  // namespace

Nanoseconds in_nanoseconds(double seconds) {
  return std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>{seconds});
}

std::optional<int> parse_options(int argc, char** argv, Options& options) {
  CLI::App app{
      "Judges an implementation of process-shared queues against the law.\n"
      "The driver's command follows after --.\n",
      "psq-conformance"};
  app.footer(
      "Exit status: 0 conforms, 1 does not, 2 inconclusive, 3 the driver is broken, 64 usage, 70 "
      "internal.");
  declare(app, options);
  options.seed = some_seed();
  const auto separator =
      std::find_if(argv, argv + argc, [](const char* arg) { return std::string{"--"} == arg; });
  if (separator != argv + argc) options.driver.assign(separator + 1, argv + argc);
  try {
    app.parse(static_cast<int>(separator - argv), argv);
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error);
    return status == 0 ? 0 : static_cast<int>(ExitStatus::kUsage);
  }
  if (!options.soak && (options.kills || options.stops || options.shards > 1)) {
    std::cerr << "psq-conformance: --kills, --stops and --shard go with --soak\n";
    return static_cast<int>(ExitStatus::kUsage);
  }
  if (options.driver.empty() && !options.list && !options.clauses) {
    std::cerr << "psq-conformance: no driver; give its command after --, as in\n"
                 "  psq-conformance --test 'queue.*' -- ./my-driver --flag\n";
    return static_cast<int>(ExitStatus::kUsage);
  }
  return std::nullopt;
}

std::vector<TestCase> select_tests(const Options& options) {
  expect_each_matches(options);
  std::vector<TestCase> selected = all_that([&](const TestCase& test) {
    return is_asked_for(options, test) && is_planned(options, test);
  });
  if (!selected.empty()) return selected;
  if (!left_out_tests(options).empty()) {
    throw std::invalid_argument{
        "nothing is selected: every test that the filters match is thorough; add --thorough"};
  }
  throw std::invalid_argument{"nothing is selected: no test has that name in that profile"};
}

std::vector<TestCase> left_out_tests(const Options& options) {
  return all_that([&](const TestCase& test) {
    return is_asked_for(options, test) && !is_planned(options, test);
  });
}

}  // namespace psq::conformance
