#include "suite/ledger.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string_view>

#include "law/clause.h"
#include "protocol/suggestion.h"

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

constexpr std::string_view kKeys[] = {"implementation", "entries"};
constexpr std::string_view kEntryKeys[] = {"clause",       "start_methods", "version", "reason",
                                           "reproduction", "now_and_then",  "blocks",  "link"};

/// A misspelt condition would make an entry apply everywhere.
void refuse_unknown_keys(const std::string& whose, const nlohmann::json& in,
                         std::span<const std::string_view> known) {
  for (const auto& each : in.items()) {
    if (std::ranges::find(known, each.key()) == known.end())
      throw std::invalid_argument{whose + " has the unknown key '" + each.key() + "'" +
                                  did_you_mean(each.key(), known)};
  }
}

LedgerEntry read_entry(const nlohmann::json& in) {
  LedgerEntry entry{.clause = in.at("clause"),
                    .start_methods = in.value("start_methods", std::vector<std::string>{}),
                    .version = in.value("version", std::string{}),
                    .reason = in.at("reason"),
                    .blocks = in.value("blocks", std::string{}),
                    .always = !in.contains("now_and_then")};
  refuse_unknown_keys("the entry of '" + entry.clause + "'", in, kEntryKeys);
  if (!entry.always && (!in.at("now_and_then").is_string() || !in.contains("reproduction")))
    throw std::invalid_argument{"the entry of '" + entry.clause +
                                "' fails now and then: it needs a reproduction, and "
                                "now_and_then says how often"};
  if (find_clause(entry.clause) == nullptr) {
    throw std::invalid_argument{"the law has no clause '" + entry.clause +
                                "'; correct the entry or take it out"};
  }
  return entry;
}

}  // namespace

Ledger::Ledger(const std::string& path) : path_(path) {
  if (path.empty()) return;
  try {
    std::ifstream in{path};
    const auto file = nlohmann::json::parse(in);
    refuse_unknown_keys("it", file, kKeys);
    implementation_ = file.at("implementation");
    for (const auto& each : file.at("entries")) entries_.push_back(read_entry(each));
  } catch (const std::exception& error) {
    throw std::invalid_argument{"ledger " + path + ": " + error.what()};
  }
}

void Ledger::expect_for(const Hello& hello) const {
  if (path_.empty() || implementation_ == hello.implementation) return;
  throw ForeignLedger{"ledger " + path_ + " is for the implementation " + implementation_ +
                      ", and this driver judges " + hello.implementation +
                      "; give the ledger of that one, or none"};
}

const LedgerEntry* Ledger::find(const TestResult& result, const Hello& hello) const {
  const auto applies = [&](const LedgerEntry& entry) {
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
  const LedgerEntry* entry = find(result, hello);
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
