// How the time that checking takes grows with the history. Prints the table of README.md.
#include <sys/resource.h>

#include <charconv>
#include <chrono>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "history/check.h"
#include "history/json_lines.h"
#include "history/monitor_text.h"
#include "history/tests/simulated.h"

namespace psq::history {
namespace {

double seconds_of(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The most memory that this process has used so far: the table's rows grow, so that each row's is
/// its own.
long megabytes() {
  constexpr long kKilo = 1024;
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / kKilo;
}

/// Whether the checkers said what is true: that nothing is wrong.
bool row(std::size_t operations) {
  auto history = simulate({.values = operations / 2, .empties = 0.2});
  Judgment fifo = Judgment::kUnknown;
  const double strict = seconds_of([&] { fifo = check_fifo(history, 0).judgment; });
  Judgment all = Judgment::kUnknown;
  const double every = seconds_of([&] { all = worst(check_all(history)); });
  const auto count = static_cast<double>(history.operations.size());
  constexpr double kNano = 1e9;
  std::cout << "| " << std::setw(9) << history.operations.size() << " | " << std::fixed
            << std::setprecision(4) << strict << " s | " << std::setw(5) << std::setprecision(1)
            << strict / count * kNano << " ns | " << std::setprecision(4) << every << " s | "
            << std::setw(4) << megabytes() << " MiB | " << to_string(fifo) << ", " << to_string(all)
            << " |" << std::endl;
  return fifo == Judgment::kHolds && all == Judgment::kHolds;
}

/// A number of operations; nothing when the text is none.
std::optional<std::size_t> size_from(std::string_view text) {
  constexpr std::size_t kMost = 100'000'000;
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc{} || end != text.data() + text.size() || size < 2 || size > kMost) {
    return std::nullopt;
  }
  return size;
}

int usage() {
  constexpr int kUsage = 64;
  std::cerr
      << "usage: psq-history-benchmark [OPERATIONS...]\n"
         "       psq-history-benchmark --write FILE OPERATIONS   a recording to be checked:\n"
         "           the history format, or the plain text of monitors when FILE ends in .txt\n"
         "OPERATIONS is a number from 2 to 100000000.\n";
  return kUsage;
}

int write(const std::string& name, std::size_t operations) {
  const auto history = simulate({.values = operations / 2});
  std::ofstream file{name, std::ios::binary};
  if (name.ends_with(".txt")) {
    write_monitor_text(file, history, 0);
  } else {
    write_json_lines(file, history);
  }
  file.flush();
  if (file) return 0;
  std::cerr << "psq-history-benchmark: cannot write " << name << '\n';
  return usage();
}

int measure(const std::vector<std::string_view>& arguments) {
  std::vector<std::size_t> sizes;
  for (const auto argument : arguments) {
    const auto size = size_from(argument);
    if (!size) return usage();
    sizes.push_back(*size);
  }
  if (sizes.empty()) sizes = {10'000, 30'000, 100'000, 300'000, 1'000'000, 2'000'000, 4'000'000};
  std::cout << "| operations | strict queue | each | all checkers | memory | verdicts |\n"
               "|---|---|---|---|---|---|\n";
  bool right = true;
  for (const auto size : sizes) right = row(size) && right;
  return right ? 0 : 1;
}

}  // namespace
}  // namespace psq::history

int main(int argc, char** argv) {
  using namespace psq::history;
  const std::vector<std::string_view> arguments{argv + 1, argv + argc};
  if (arguments.empty() || arguments[0] != "--write") return measure(arguments);
  const auto size = arguments.size() == 3 ? size_from(arguments[2]) : std::nullopt;
  return size ? write(std::string{arguments[1]}, *size) : usage();
}
