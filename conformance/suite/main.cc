// The suite's binary: one for every implementation, which is an argument.
#include <gtest/gtest.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <functional>
#include <iostream>

#include "program/soak.h"
#include "protocol/files.h"
#include "protocol/keeper.h"
#include "suite/measurement.h"
#include "suite/options.h"
#include "suite/results.h"
#include "suite/runner.h"

namespace psq::conformance {
namespace {

struct Judging {
  Options options;
  Ledger ledger;
  ResultFile file;
  Look look = {};
  std::vector<TestResult> results = {};
  std::exception_ptr stopped_by = nullptr;
};

/// One test of the suite as a GoogleTest.
class SuiteTest : public testing::Test {
 public:
  SuiteTest(const TestCase& test, Judging& run) : test_(test), run_(run) {}

  void TestBody() override {
    try {
      run_.results.push_back(judge());
    } catch (...) {
      run_.stopped_by = std::current_exception();
      return;
    }
    const TestResult& result = run_.results.back();
    switch (result.verdict) {
      case Verdict::kPass:
        return;
      case Verdict::kExpectedFail:
      case Verdict::kDeviates:
        std::cout << result.card;
        return;
      case Verdict::kUnsupported:
        GTEST_SKIP() << result.message;
      case Verdict::kInconclusive:
        if (!run_.options.once) GTEST_SKIP() << result.card << "It runs once more, at the end.";
        FAIL() << result.card;
      default:
        FAIL() << result.card;
    }
  }

 private:
  // A driver that never said hello would make every test wait for it.
  TestResult judge() {
    const bool hopeless = !run_.results.empty() && !run_.file.introduced() &&
                          run_.results.back().verdict == Verdict::kDriverError;
    if (hopeless)
      return not_run(
          test_, Verdict::kDriverError,
          "not run: the driver failed before it said hello (see " + run_.results.back().test + ")",
          run_.options, run_.file);
    if (const std::string why = run_.look.why_unsupported(test_); !why.empty())
      return not_run(test_, Verdict::kUnsupported, why, run_.options, run_.file);
    return run_test(test_, run_.options, run_.ledger, run_.file);
  }

  const TestCase& test_;
  Judging& run_;
};

/// Ends the run by what a test threw, such as results that cannot be written: when GoogleTest has
/// destroyed the test, which it would leave behind otherwise.
class EndOfRun : public testing::EmptyTestEventListener {
 public:
  explicit EndOfRun(const Judging& run) : run_(run) {}

  void OnTestEnd(const testing::TestInfo& /*test*/) override {
    if (run_.stopped_by) std::rethrow_exception(run_.stopped_by);
  }

 private:
  const Judging& run_;
};

void register_with_googletest(const std::vector<TestCase>& tests, Judging& run) {
  for (const TestCase& test : tests) {
    const auto dot = test.name.find('.');
    testing::RegisterTest(test.name.substr(0, dot).c_str(), test.name.substr(dot + 1).c_str(),
                          nullptr, nullptr, test.where.file, test.where.line,
                          [&test, &run]() -> testing::Test* {
                            return new SuiteTest{test, run};
                          });
  }
}

// A test that could not be decided beside others runs once more, alone, and that verdict counts. A
// test that failed is never repeated.
void repeat_undecided(const std::vector<TestCase>& tests, Judging& run) {
  for (TestResult& result : run.results) {
    if (run.options.once || result.verdict != Verdict::kInconclusive) continue;
    const auto test = std::ranges::find(tests, result.test, &TestCase::name);
    std::cout << "once more: " << result.test << std::endl;
    result = run_test(*test, run.options, run.ledger, run.file,
                      Earlier{.message = result.message, .seconds = result.seconds});
    std::cout << (result.card.empty() ? "pass\n" : result.card) << std::flush;
  }
}

int finish(Judging& run, std::size_t planned) {
  const ExitStatus status = status_of(run.results, planned);
  run.file.end(run.results, planned, status);
  if (run.results.size() != planned) {
    std::cerr << "psq-conformance: " << planned << " tests were planned and " << run.results.size()
              << " ran; unset the GTEST_ variables of the environment\n";
  }
  const bool all_unsupported =
      !run.results.empty() && std::ranges::all_of(run.results, [](const auto& result) {
        return result.verdict == Verdict::kUnsupported;
      });
  if (all_unsupported && status == ExitStatus::kInconclusive) return run.options.unsupported_status;
  return static_cast<int>(status);
}

/// Looks at the driver, and writes down what it says of itself and what it takes. Throws
/// ForeignLedger.
Look look_first(const Options& options, const Ledger& ledger, ResultFile& file) {
  Look look = look_at_driver(options);
  if (look.hello) {
    ledger.expect_for(*look.hello);
    file.implementation(*look.hello);
    file.ledger(ledger, *look.hello);
  }
  if (look.times) file.driver(*look.times);
  return look;
}

// Takes as long as a test, which a run of a single one can do without.
void look_first(Judging& run, std::size_t planned) {
  if (planned < 2 || !run.options.driver_times.empty()) return;
  run.look = look_first(run.options, run.ledger, run.file);
  if (run.look.times) run.options.driver_times = run.look.times->in_microseconds();
}

int look_alone(const Options& options) {
  ResultFile file{options.results};
  const auto tests = select_tests(options);
  file.plan(options, tests, left_out_tests(options));
  const Look look = look_first(options, Ledger{options.ledger}, file);
  for (const TestCase& test : tests) {
    if (const std::string why = look.why_unsupported(test); !why.empty())
      not_run(test, Verdict::kUnsupported, why, options, file);
  }
  if (!look.times) return static_cast<int>(ExitStatus::kInconclusive);
  std::cout << look.times->in_microseconds() << "\n";
  return 0;
}

int run_suite(const Options& options) {
  const auto tests = select_tests(options);
  if (tests.size() > 1 && !options.history.empty() &&
      !std::filesystem::is_directory(options.history)) {
    throw std::invalid_argument{"--history " + options.history + " is no folder, and " +
                                std::to_string(tests.size()) +
                                " tests are selected; make the folder, or select one test"};
  }
  Judging run{
      .options = options, .ledger = Ledger{options.ledger}, .file = ResultFile{options.results}};
  run.file.plan(options, tests, left_out_tests(options));
  look_first(run, tests.size());
  register_with_googletest(tests, run);
  testing::UnitTest::GetInstance()->listeners().Append(new EndOfRun{run});
  // The verdicts are in the results, and they are more than two; this says only whether GoogleTest
  // is content.
  const bool content = RUN_ALL_TESTS() == 0;
  repeat_undecided(tests, run);
  const int status = finish(run, tests.size());
  return content || status != 0 ? status : static_cast<int>(ExitStatus::kInternal);
}

/// What `body` returns, or the exit status of its error, which is printed.
int guarded(const std::function<int()>& body) {
  try {
    return body();
  } catch (const std::invalid_argument& error) {
    std::cerr << "psq-conformance: " << error.what() << "\n";
    return static_cast<int>(ExitStatus::kUsage);
  } catch (const CannotWrite& error) {
    std::cerr << "psq-conformance: " << error.what() << "\n";
    return static_cast<int>(ExitStatus::kInternal);
  } catch (const std::exception& error) {
    std::cerr << "psq-conformance: internal error: " << error.what() << "\n";
    return static_cast<int>(ExitStatus::kInternal);
  }
}

int printed() {
  if (!std::cout.flush())
    throw CannotWrite{"cannot write to standard output: is it full or closed?"};
  return 0;
}

int list_tests(const Options& options) {
  print_list(select_tests(options));
  return printed();
}

int judge_tests(const Options& options, char** argv) {
  int only_the_name = 1;
  testing::InitGoogleTest(&only_the_name, argv);
  // Which tests run is not for an environment to say.
  testing::GTEST_FLAG(filter) = "*";
  testing::GTEST_FLAG(repeat) = 1;
  testing::GTEST_FLAG(catch_exceptions) = false;
  return run_suite(options);
}

int main_of(int argc, char** argv) {
  Options options;
  if (const auto status = parse_options(argc, argv, options)) return *status;
  if (options.clauses) {
    print_clauses();
    return printed();
  }
  if (options.list) return list_tests(options);
  return kept([&] {
    return guarded([&] {
      if (options.measure) return look_alone(options);
      return options.soak ? static_cast<int>(soak(options)) : judge_tests(options, argv);
    });
  });
}

}  // namespace
}  // namespace psq::conformance

int main(int argc, char** argv) {
  using namespace psq::conformance;
  return guarded([&] { return main_of(argc, argv); });
}
