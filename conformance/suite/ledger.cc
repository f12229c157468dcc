#include "suite/ledger.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "law/clause.h"

namespace psq::conformance {
namespace {

/// Whether what a test saw is the defect that an entry names, of an operation that its clause is
/// about. Not any defect of the operation: there may be one that is not known.
bool is_of(const TestResult& result, const std::string& clause, const std::string& cause) {
  return !cause.empty() && result.cause.find(cause) != std::string::npos &&
         std::ranges::any_of(result.sections, [&](const std::string& section) {
           return clause.starts_with(section + ".");
         });
}

}  // namespace

Ledger::Ledger(const std::string& path) {
  if (path.empty()) return;
  try {
    std::ifstream in{path};
    const auto file = nlohmann::json::parse(in);
    for (const auto& each : file.at("entries")) {
      Entry entry{.clause = each.at("clause"),
                  .start_methods = each.value("start_methods", std::vector<std::string>{}),
                  .version = each.value("version", std::string{}),
                  .reason = each.at("reason"),
                  .blocks = each.value("blocks", std::string{}),
                  .always = !each.contains("now_and_then")};
      if (!entry.always && (!each.at("now_and_then").is_string() || !each.contains("reproduction")))
        throw std::invalid_argument{"the entry of '" + entry.clause +
                                    "' fails now and then: it needs a reproduction, and "
                                    "now_and_then says how often"};
      if (find_clause(entry.clause) == nullptr) {
        throw std::invalid_argument{"the law has no clause '" + entry.clause +
                                    "'; correct the entry or take it out"};
      }
      entries_.push_back(std::move(entry));
    }
  } catch (const std::exception& error) {
    throw std::invalid_argument{"ledger " + path + ": " + error.what()};
  }
}

const Ledger::Entry* Ledger::find(const TestResult& result, const Hello& hello) const {
  const auto applies = [&](const Entry& entry) {
    const bool own = result.clause.empty()
                         ? std::ranges::find(result.clauses, entry.clause) != result.clauses.end()
                         : entry.clause == result.clause;
    const bool clause =
        (own && result.verdict != Verdict::kBlocked) || is_of(result, entry.clause, entry.blocks);
    const bool method =
        entry.start_methods.empty() ||
        std::ranges::find(entry.start_methods, hello.start_method) != entry.start_methods.end();
    return clause && method && hello.version.starts_with(entry.version);
  };
  const auto found = std::ranges::find_if(entries_, applies);
  return found == entries_.end() ? nullptr : &*found;
}

void Ledger::apply(TestResult& result, const Hello& hello) const {
  const Entry* entry = find(result, hello);
  if (entry == nullptr) return;
  if (result.verdict == Verdict::kFail || result.verdict == Verdict::kBlocked) {
    result.verdict = Verdict::kExpectedFail;
    result.message = "expected: " + entry->reason;
  } else if (result.verdict == Verdict::kPass && entry->always) {
    result.verdict = Verdict::kUnexpectedPass;
    result.message =
        "the ledger expects a failure (" + entry->reason + "), and it passed: take the entry out";
  }
}

}  // namespace psq::conformance
