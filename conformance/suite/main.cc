// The suite's binary: one for every implementation, which is an argument.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iostream>

#include "program/soak.h"
#include "protocol/files.h"
#include "protocol/keeper.h"
#include "suite/options.h"
#include "suite/results.h"
#include "suite/runner.h"

namespace psq::conformance {
namespace {

struct Judging {
  Options options;
  Ledger ledger;
  ResultFile file;
  std::vector<TestResult> results = {};
};

/// One test of the suite as a GoogleTest.
class SuiteTest : public testing::Test {
 public:
  SuiteTest(const TestCase& test, Judging& run) : test_(test), run_(run) {}

  void TestBody() override {
    run_.results.push_back(judge());
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
      default:
        FAIL() << result.card;
    }
  }

 private:
  // A driver that never said hello would make every test wait for it.
  TestResult judge() {
    const bool hopeless = !run_.results.empty() && !run_.file.introduced() &&
                          run_.results.back().verdict == Verdict::kDriverError;
    return hopeless ? not_run(test_, run_.results.back(), run_.options, run_.file)
                    : run_test(test_, run_.options, run_.ledger, run_.file);
  }

  const TestCase& test_;
  Judging& run_;
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
  register_with_googletest(tests, run);
  // The verdicts are in the results, and they are more than two; this says only whether GoogleTest
  // is content.
  const bool content = RUN_ALL_TESTS() == 0;
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
  // Results that cannot be written end the run.
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
