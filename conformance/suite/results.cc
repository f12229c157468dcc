#include "suite/results.h"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "law/clause.h"
#include "protocol/files.h"

namespace psq::conformance {
namespace {

using nlohmann::json;
constexpr int kFormat = 1;

// A driver's text may hold any bytes; they must not keep a result from being written.
std::string dumped(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::vector<std::string> names_of(const std::vector<TestCase>& tests) {
  std::vector<std::string> names;
  std::ranges::transform(tests, std::back_inserter(names), &TestCase::name);
  return names;
}

std::vector<std::string> thorough_of(const std::vector<TestCase>& tests) {
  std::vector<TestCase> thorough;
  std::ranges::copy_if(tests, std::back_inserter(thorough), &TestCase::thorough);
  return names_of(thorough);
}

}  // namespace

void print_list(const std::vector<TestCase>& tests) {
  for (const TestCase& test : tests) {
    json line{{"test", test.name},
              {"clauses", test.clauses},
              {"file", test.where.file},
              {"line", test.where.line},
              {"thorough", test.thorough}};
    if (const Clause* clause = find_clause(test.clauses.at(0))) {
      line["level"] = to_string(clause->level);
      line["profile"] = to_string(clause->profile);
    }
    std::cout << line.dump() << "\n";
  }
}

void print_clauses() {
  for (const Clause& clause : clauses()) {
    std::cout << json{{"id", clause.id},
                      {"level", to_string(clause.level)},
                      {"profile", to_string(clause.profile)},
                      {"sentence", clause.sentence},
                      {"page", clause.page},
                      {"line", clause.line},
                      {"why", clause.why},
                      {"source", clause.source},
                      {"differs", clause.differs}}
                     .dump()
              << "\n";
  }
}

void ResultFile::append(const std::string& line) {
  if (path_.empty()) return;
  append_line(path_, line);
}

void ResultFile::plan(const Options& options, const std::vector<TestCase>& tests,
                      const std::vector<TestCase>& left_out) {
  append(dumped({{"record", "plan"},
                 {"format", kFormat},
                 {"name", options.name},
                 {"driver", options.driver},
                 {"tests", names_of(tests)},
                 {"planned", tests.size()},
                 {"thorough", {{"planned", thorough_of(tests)}, {"left_out", names_of(left_out)}}},
                 {"clause_digest", clause_digest()},
                 {"seed", options.seed}}));
}

void ResultFile::implementation(const Hello& hello) {
  if (introduced_) return;
  introduced_ = true;
  json line = json::parse(hello.line);
  line["record"] = "implementation";
  append(dumped(line));
}

void ResultFile::driver(const DriverTimes& times) {
  const auto us = [](Nanoseconds time) {
    return std::chrono::ceil<std::chrono::microseconds>(time).count();
  };
  json items = json::array();
  for (const auto& each : times.items) {
    items.push_back(
        {{"size", each.size}, {"build_us", us(each.build)}, {"check_us", us(each.check)}});
  }
  append(dumped({{"record", "driver"}, {"round_trip_us", us(times.round_trip)}, {"items", items}}));
}

void ResultFile::ledger(const Ledger& ledger, const Hello& hello) {
  if (ledger.path().empty()) return;
  json entries = json::array();
  for (const auto& each : ledger.entries()) {
    entries.push_back({{"clause", each.clause},
                       {"line", each.line},
                       {"applies", each.where.hold(hello)},
                       {"always", each.always}});
  }
  append(dumped({{"record", "ledger"}, {"path", ledger.path()}, {"entries", entries}}));
}

void ResultFile::test(const TestResult& result, std::uint64_t seed) {
  json line{{"record", "test"},
            {"test", result.test},
            {"clauses", result.clauses},
            {"verdict", to_string(result.verdict)},
            {"clause", result.clause},
            {"expected", result.expected},
            {"saw", result.saw},
            {"message", result.message},
            {"cause", result.cause},
            {"sections", result.sections},
            {"problem", result.problem},
            {"card", result.card},
            {"seconds", result.seconds},
            {"seed", seed},
            {"evidence", result.evidence.empty() ? json(nullptr) : json(result.evidence)},
            {"observed", result.observed},
            {"seen", result.seen},
            {"asked", result.asked}};
  if (!result.late.empty()) line["late"] = result.late;
  if (result.earlier) {
    line["earlier"] = {{"verdict", to_string(Verdict::kInconclusive)},
                       {"message", result.earlier->message},
                       {"seconds", result.earlier->seconds}};
  }
  append(dumped(line));
}

void ResultFile::soak_plan(const Options& options) {
  append(dumped({{"record", "plan"},
                 {"format", kFormat},
                 {"mode", "soak"},
                 {"name", options.name},
                 {"driver", options.driver},
                 {"clause_digest", clause_digest()},
                 {"budget", options.budget},
                 {"shard", options.shard},
                 {"shards", options.shards},
                 {"kills", options.kills},
                 {"stops", options.stops},
                 {"seed", options.seed}}));
}

void ResultFile::soak_progress(const std::map<std::string, std::int64_t>& seen, int failures) {
  append(dumped({{"record", "progress"}, {"seen", seen}, {"failures", failures}}));
}

void ResultFile::soak_failure(const TestResult& result, std::uint64_t seed) {
  append(dumped({{"record", "failure"},
                 {"clause", result.clause},
                 {"message", result.message},
                 {"card", result.card},
                 {"seed", seed},
                 {"evidence", result.evidence.empty() ? json(nullptr) : json(result.evidence)}}));
}

void ResultFile::soak_end(ExitStatus status) {
  append(dumped({{"record", "end"}, {"mode", "soak"}, {"status", static_cast<int>(status)}}));
}

void ResultFile::end(const std::vector<TestResult>& results, std::size_t planned,
                     ExitStatus status) {
  json line{{"record", "end"},
            {"planned", planned},
            {"ran", results.size()},
            {"status", static_cast<int>(status)}};
  for (const TestResult& result : results) {
    const std::string verdict{to_string(result.verdict)};
    line[verdict] = line.value(verdict, 0) + 1;
  }
  append(dumped(line));
}

}  // namespace psq::conformance
