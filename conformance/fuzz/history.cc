// The readers of recordings, in both formats, and the checkers after them. A file is refused with
// the place of its mistake, or it is judged; and what is written of it reads back as the same.
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>

#include "fuzz/target.h"
#include "history/check.h"
#include "history/json_lines.h"
#include "history/monitor_text.h"
#include "history/print.h"

namespace psq::history {
namespace {

History read(const std::string& text) {
  std::istringstream in{text};
  return in.peek() == '#' ? read_monitor_text(in, "input") : read_json_lines(in, "input");
}

std::string written(const History& history) {
  std::ostringstream out;
  write_json_lines(out, history);
  return out.str();
}

void judge(const History& history) {
  auto findings = check_all(history);
  if (!history.objects.empty()) findings.push_back(check_fifo(history, 0));
  for (const auto& finding : findings) {
    for (const auto number : finding.witness) {
      if (number >= history.operations.size()) std::abort();
    }
  }
  const Report report{.history = history, .findings = findings, .reading = 0, .checking = 0};
  std::ostringstream out;
  print_json(out, report);
  print_text(out, report, true);
}

}  // namespace
}  // namespace psq::history

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace psq::history;
  const std::string text{reinterpret_cast<const char*>(data), size};
  History history;
  try {
    history = read(text);
  } catch (const BadFile& error) {
    if (error.line == 0 || error.column == 0) std::abort();
    return 0;
  }
  judge(history);
  const auto once = written(history);
  const auto twice = written(read(once));
  if (once != twice) {
    std::cerr << once << "\nread back and written is\n" << twice << '\n';
    std::abort();
  }
  return 0;
}
