// The result file: JSON Lines, written as the run goes, so that a crash leaves what was known.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "protocol/driver_times.h"
#include "protocol/message.h"
#include "suite/ledger.h"
#include "suite/options.h"
#include "suite/registry.h"
#include "suite/verdict.h"

namespace psq::conformance {

void print_list(const std::vector<TestCase>& tests);
void print_clauses();

class ResultFile {
 public:
  /// No path: nothing is written.
  explicit ResultFile(std::string path) : path_(std::move(path)) {}

  void plan(const Options& options, const std::vector<TestCase>& tests,
            const std::vector<TestCase>& left_out);
  /// Once: the first hello that is seen.
  void implementation(const Hello& hello);
  /// What the driver itself takes.
  void driver(const DriverTimes& times);
  [[nodiscard]] bool introduced() const { return introduced_; }
  /// The entries of the ledger, and which of them apply to this implementation.
  void ledger(const Ledger& ledger, const Hello& hello);
  void test(const TestResult& result, std::uint64_t seed);
  /// Of a soak: how much was seen until now, what failed, and how it ended.
  void soak_plan(const Options& options);
  void soak_progress(const std::map<std::string, std::int64_t>& seen, int failures);
  void soak_failure(const TestResult& result, std::uint64_t seed);
  void soak_end(ExitStatus status);
  void end(const std::vector<TestResult>& results, std::size_t planned, ExitStatus status);

 private:
  void append(const std::string& line);

  std::string path_;
  bool introduced_ = false;
};

}  // namespace psq::conformance
