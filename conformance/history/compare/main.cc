// Compares readers of the history format: prints the table of ../README.md.
//
// Each reading is a process of its own, so that time and memory are those of a whole run. The
// readers take turns, so that a busy machine slows all of them down alike.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <vector>

#include "history/check.h"
#include "history/compare/readers.h"
#include "history/json_lines.h"
#include "history/tests/simulated.h"

namespace psq::history {
namespace {

constexpr std::size_t kOperations = 1'000'000;
constexpr int kRounds = 9;

History read_with_own(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  return read_json_lines(in, file);
}

struct Run {
  double seconds;
  double cpu_seconds;
  double mebibytes;
};

struct Row {
  const char* reader;
  History (*read)(const std::string&);
  bool check;
  std::vector<Run> runs = {};
};

/// Ends the process: 0 when the reader found every operation, and the checkers nothing wrong.
[[noreturn]] void run_child(const Row& row, const std::string& file) noexcept {
  const auto history = row.read(file);
  const bool right = history.operations.size() == kOperations && history.complete &&
                     (!row.check || worst(check_all(history)) == Judgment::kHolds);
  std::_Exit(right ? 0 : 1);
}

double to_seconds(const timeval& time) {
  constexpr double kMicro = 1e-6;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * kMicro;
}

Run run(const Row& row, const std::string& file) {
  constexpr double kKibi = 1024;
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error{"cannot fork"};
  if (child == 0) run_child(row, file);
  int status = 0;
  rusage usage{};
  if (::wait4(child, &status, 0, &usage) != child || status != 0) {
    throw std::runtime_error{std::string{row.reader} + " did not read the recording"};
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return {took.count(), to_seconds(usage.ru_utime) + to_seconds(usage.ru_stime),
          static_cast<double>(usage.ru_maxrss) / kKibi};
}

double median(std::vector<Run> runs, double Run::*figure) {
  std::ranges::sort(runs, {}, figure);
  return runs[runs.size() / 2].*figure;
}

void print(const Row& row) {
  std::printf("| %-18s | %-14s | %6.3f s | %6.3f s | %4.0f MiB |\n", row.reader,
              row.check ? "read and check" : "read", median(row.runs, &Run::seconds),
              median(row.runs, &Run::cpu_seconds), median(row.runs, &Run::mebibytes));
}

void compare(const std::string& file) {
  std::array rows{Row{"our own", read_with_own, false},
                  Row{"simdjson On-Demand", read_with_simdjson, false},
                  Row{"nlohmann SAX", read_with_nlohmann, false},
                  Row{"our own", read_with_own, true},
                  Row{"simdjson On-Demand", read_with_simdjson, true},
                  Row{"nlohmann SAX", read_with_nlohmann, true}};
  for (int round = 0; round < kRounds; ++round) {
    for (auto& row : rows) row.runs.push_back(run(row, file));
  }
  std::printf("| reader | run | time | CPU time | memory |\n|---|---|---|---|---|\n");
  for (const auto& row : rows) print(row);
}

/// In a process of its own, so that its memory is not that of the readers.
void write_recording(const std::string& file) {
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error{"cannot fork"};
  if (child == 0) {
    std::ofstream out{file, std::ios::binary};
    write_json_lines(out, simulate({.values = kOperations / 2}));
    out.flush();
    std::_Exit(out ? 0 : 1);
  }
  int status = 0;
  if (::waitpid(child, &status, 0) != child || status != 0) {
    throw std::runtime_error{"cannot write " + file};
  }
}

}  // namespace
}  // namespace psq::history

int main() {
  const auto file = std::filesystem::temp_directory_path() /
                    ("psq-history-readers-" + std::to_string(::getpid()) + ".jsonl");
  int status = 0;
  try {
    psq::history::write_recording(file);
    psq::history::compare(file);
  } catch (const std::exception& error) {
    std::cerr << "psq-history-readers: " << error.what() << '\n';
    status = 1;
  }
  std::filesystem::remove(file);
  return status;
}
