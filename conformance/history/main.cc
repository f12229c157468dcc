// psq-history: judges a recorded history of any implementation.
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>

#include "history/check.h"
#include "history/json_lines.h"
#include "history/monitor_text.h"
#include "history/options.h"
#include "history/print.h"

namespace psq::history {
namespace {

/// Something about the command line or the file that its user can put right.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Results that have no room: what was judged is lost, and the verdict with it.
struct CannotWrite : std::runtime_error {
  using std::runtime_error::runtime_error;
};

History read(const Options& options) {
  std::ios::sync_with_stdio(false);
  const bool standard = options.file == "-";
  const std::string name = standard ? "standard input" : options.file;
  std::ifstream file;
  if (!standard) {
    errno = 0;
    file.open(options.file, std::ios::binary);
    if (file) file.peek();  // a folder opens, and cannot be read
    if (!file && !file.eof()) {
      throw UsageError{"cannot read " + name + ": " + std::strerror(errno)};
    }
    file.clear();
  }
  std::istream& in = standard ? std::cin : file;
  return in.peek() == '#' ? read_monitor_text(in, name) : read_json_lines(in, name);
}

std::vector<Finding> judge(const History& history, Model model) {
  if (model != Model::kFifo || history.operations.empty()) return check_all(history);
  std::vector<Finding> findings;
  for (std::size_t object = 0; object < history.objects.size(); ++object) {
    findings.push_back(check_fifo(history, object));
  }
  return findings;
}

void write(const Options& options, const Report& report) {
  const bool json_alone = options.json == "-";
  if (json_alone) {
    print_json(std::cout, report);
  } else {
    print_text(std::cout, report, options.witness);
  }
  if (!std::cout.flush())
    throw CannotWrite{"cannot write to standard output: is it full or closed?"};
  if (json_alone || options.json.empty()) return;
  std::ofstream file{options.json, std::ios::binary};
  if (!file) throw UsageError{"cannot write " + options.json + ": " + std::strerror(errno)};
  print_json(file, report);
  file.close();
  if (!file) {
    throw CannotWrite{"cannot write " + options.json + ": " + std::strerror(errno) +
                      "; make room there, or name another file with --json"};
  }
}

int run(const Options& options) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  auto history = read(options);
  if (options.model == Model::kKind) {
    for (auto& object : history.objects) object.kind = options.kind;
  }
  const auto read_by = Clock::now();
  const auto findings = judge(history, options.model);
  const auto seconds = [](auto duration) {
    return std::chrono::duration<double>(duration).count();
  };
  const Report report{.history = history,
                      .findings = findings,
                      .reading = seconds(read_by - start),
                      .checking = seconds(Clock::now() - read_by)};
  write(options, report);
  switch (worst(findings)) {
    case Judgment::kHolds:
      return kStatusHolds;
    case Judgment::kViolated:
      return kStatusViolated;
    case Judgment::kUnknown:
      break;
  }
  return kStatusUnknown;
}

}  // namespace
}  // namespace psq::history

int main(int argc, char** argv) {
  using namespace psq::history;
  try {
    Options options;
    if (const auto status = parse_options(argc, argv, options)) return *status;
    return run(options);
  } catch (const BadFile& error) {
    std::cerr << error.what() << '\n';
    return kStatusUsage;
  } catch (const UsageError& error) {
    std::cerr << "psq-history: " << error.what() << '\n';
    return kStatusUsage;
  } catch (const CannotWrite& error) {
    std::cerr << "psq-history: " << error.what() << '\n';
    return kStatusInternal;
  } catch (const std::exception& error) {
    std::cerr << "psq-history: internal error: " << error.what() << '\n';
    return kStatusInternal;
  }
}
