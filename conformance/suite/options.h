// The command line of the suite's binary.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/posix.h"
#include "suite/registry.h"

namespace psq::conformance {

struct Options {
  std::vector<std::string> tests;     // globs over clause ids and test names; all when empty
  std::vector<std::string> exactly;   // names of tests; all when empty
  std::vector<std::string> profiles;  // of the law; all when empty
  bool thorough = false;              // the thorough tests too
  std::string results;
  std::string evidence;
  std::string history;  // a file, or a folder for a file a test
  std::string ledger;
  std::string name;
  std::string replay;  // the command line that judges the driver as here, but for one test
  std::uint64_t seed = 0;
  double patience = 1.0;
  double hang_after = 5.0;     // seconds of fair time; scaled by patience
  double budget = 3.0;         // seconds that each test that searches may take
  double shrink_for = 10.0;    // seconds to make smaller what it has found; scaled by patience
  int unsupported_status = 2;  // what was not tested is not green
  bool list = false;
  bool measure = false;      // the driver, and nothing else
  std::string driver_times;  // as measured before; DriverTimes::parse
  bool once = false;         // an inconclusive test is not repeated
  bool soak = false;         // programs of all kinds for the budget, instead of tests
  bool kills = false;
  bool stops = false;
  std::uint64_t shard = 1;  // of `shards`: every so manieth program
  std::uint64_t shards = 1;
  std::int64_t programs = INT64_MAX;  // of a soak at most; else of each test that searches
  bool clauses = false;
  std::vector<std::string> driver;
};

Nanoseconds in_nanoseconds(double seconds);

/// Parses, or prints what is wrong (or the help) and returns the exit status to end with.
std::optional<int> parse_options(int argc, char** argv, Options& options);

/// The tests that the options select. Throws std::invalid_argument, saying what to do, when one of
/// the globs matches nothing or nothing is left.
std::vector<TestCase> select_tests(const Options& options);

/// The thorough tests that the filters match, and that are not selected.
std::vector<TestCase> left_out_tests(const Options& options);

}  // namespace psq::conformance
