#include "suite/ledger.h"

#include <algorithm>
#include <fstream>
#include <iterator>
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
constexpr std::string_view kEntryKeys[] = {"clause",       "start_methods", "platforms",
                                           "version",      "reason",        "reproduction",
                                           "now_and_then", "blocks",        "link"};
/// `psq ledger update` leaves reasons that begin so.
constexpr std::string_view kNoReasonYet = "TO DO";

/// A misspelt condition would make an entry apply everywhere.
void refuse_unknown_keys(const std::string& whose, const nlohmann::json& in,
                         std::span<const std::string_view> known) {
  for (const auto& each : in.items()) {
    if (std::ranges::find(known, each.key()) == known.end())
      throw std::invalid_argument{whose + " has the unknown key '" + each.key() + "'" +
                                  did_you_mean(each.key(), known)};
  }
}

/// The lines on which the clauses of the entries stand: a quote in a text is escaped, so that these
/// characters are a key.
std::vector<int> lines_of_clauses(std::string_view text) {
  static constexpr std::string_view kKey = "\"clause\"";
  std::vector<int> lines;
  int line = 1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\n') ++line;
    if (!text.substr(at).starts_with(kKey)) continue;
    const auto after = text.find_first_not_of(" \t\r\n", at + kKey.size());
    if (after != std::string_view::npos && text[after] == ':') lines.push_back(line);
  }
  return lines;
}

void expect_reason(const LedgerEntry& entry) {
  if (entry.reason.empty() || entry.reason.starts_with(kNoReasonYet))
    throw std::invalid_argument{"the entry of '" + entry.clause +
                                "' has no reason yet: write why it fails"};
}

LedgerEntry read_entry(const nlohmann::json& in) {
  using Texts = std::vector<std::string>;
  LedgerEntry entry{.clause = in.at("clause"),
                    .where = {.start_methods = in.value("start_methods", Texts{}),
                              .platforms = in.value("platforms", Texts{}),
                              .version = VersionRange{in.value("version", std::string{})}},
                    .reason = in.at("reason"),
                    .blocks = in.value("blocks", std::string{}),
                    .always = !in.contains("now_and_then")};
  refuse_unknown_keys("the entry of '" + entry.clause + "'", in, kEntryKeys);
  if (!entry.always && (!in.at("now_and_then").is_string() || !in.contains("reproduction")))
    throw std::invalid_argument{"the entry of '" + entry.clause +
                                "' fails now and then: it needs a reproduction, and "
                                "now_and_then says how often"};
  expect_reason(entry);
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
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    const auto file = nlohmann::json::parse(text);
    refuse_unknown_keys("it", file, kKeys);
    implementation_ = file.at("implementation");
    for (const auto& each : file.at("entries")) entries_.push_back(read_entry(each));
    const auto lines = lines_of_clauses(text);
    for (std::size_t i = 0; lines.size() == entries_.size() && i < lines.size(); ++i)
      entries_[i].line = lines[i];
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
    return clause && entry.where.hold(hello);
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
    result.message = "the ledger expects a failure (" + entry->reason +
                     "), and it passed: take out the entry at " + path_ + ":" +
                     std::to_string(entry->line);
  }
}

}  // namespace psq::conformance
