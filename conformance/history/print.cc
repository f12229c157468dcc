#include "history/print.h"

#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>

#include "history/json_lines.h"

namespace psq::history {
namespace {

nlohmann::ordered_json to_json(const Report& report, const Finding& finding) {
  auto witness = nlohmann::ordered_json::array();
  for (const auto number : finding.witness) {
    const auto line = to_json_line(report.history, number);
    // A name may hold any bytes; then the line is shown as it is.
    auto operation = nlohmann::ordered_json::parse(line, nullptr, false);
    if (operation.is_discarded()) operation = line;
    witness.push_back({{"number", number}, {"operation", std::move(operation)}});
  }
  return {{"checker", finding.checker},
          {"verdict", to_string(finding.judgment)},
          {"clause", finding.clause},
          {"why", finding.why},
          {"witness", std::move(witness)}};
}

std::string in_seconds(double seconds) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(3) << seconds << " s";
  return text.str();
}

}  // namespace

void print_json(std::ostream& out, const Report& report) {
  auto findings = nlohmann::ordered_json::array();
  for (const auto& finding : report.findings) findings.push_back(to_json(report, finding));
  const nlohmann::ordered_json all{
      {"verdict", to_string(worst(report.findings))},
      {"operations", report.history.operations.size()},
      {"objects", report.history.objects.size()},
      {"processes", report.history.processes.size()},
      {"complete", report.history.complete},
      {"reading_seconds", report.reading},
      {"checking_seconds", report.checking},
      {"findings", std::move(findings)},
  };
  using Handler = nlohmann::ordered_json::error_handler_t;
  out << all.dump(-1, ' ', false, Handler::replace) << '\n';
}

void print_text(std::ostream& out, const Report& report, bool with_witness) {
  for (const auto& finding : report.findings) {
    if (finding.judgment == Judgment::kHolds) continue;
    out << to_string(finding.judgment) << "  " << finding.checker;
    if (!finding.clause.empty()) out << "  " << finding.clause;
    out << "\n    " << finding.why << '\n';
    for (const auto number : finding.witness) {
      if (!with_witness) break;
      out << "    " << to_json_line(report.history, number) << '\n';
    }
  }
  out << to_string(worst(report.findings)) << ": " << report.history.operations.size()
      << " operations, read in " << in_seconds(report.reading) << ", checked in "
      << in_seconds(report.checking) << '\n';
}

}  // namespace psq::history
