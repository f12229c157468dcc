#include "clock/kernel.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>

namespace psq::conformance {
namespace {

// Most of these files are one short line; a look reads dozens, so streams would cost too much.
std::string contents_of(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  std::string text;
  std::array<char, 4096> block{};
  ssize_t count = 0;
  while ((count = ::read(fd, block.data(), block.size())) > 0)
    text.append(block.data(), static_cast<std::size_t>(count));
  ::close(fd);
  return text;
}

std::vector<pid_t> numbers_in(const std::filesystem::path& folder) {
  struct Close {
    void operator()(DIR* open) const { ::closedir(open); }
  };
  std::vector<pid_t> numbers;
  const std::unique_ptr<DIR, Close> open{::opendir(folder.c_str())};
  if (!open) return numbers;
  while (const dirent* entry = ::readdir(open.get())) {
    const pid_t number = std::atoi(entry->d_name);
    if (number > 0) numbers.push_back(number);
  }
  return numbers;
}

// The command stands in parentheses and may hold anything; the state is the letter after the last.
std::string_view after_command(std::string_view stat) {
  const auto end = stat.rfind(')');
  return end == std::string_view::npos || end + 2 >= stat.size() ? std::string_view{}
                                                                 : stat.substr(end + 2);
}

std::optional<Nanoseconds> total_in(const std::string& pressure) {
  const auto at = pressure.find("total=");
  if (at == std::string::npos) return std::nullopt;
  return std::chrono::microseconds{std::atoll(pressure.c_str() + at + 6)};
}

// The eighth number of each line `cpuN`, in clock ticks.
std::optional<Nanoseconds> most_stolen(const std::string& stat) {
  const Nanoseconds tick = std::chrono::nanoseconds{1'000'000'000 / ::sysconf(_SC_CLK_TCK)};
  std::optional<Nanoseconds> most;
  std::istringstream lines{stat};
  for (std::string line; std::getline(lines, line) && line.starts_with("cpu");) {
    std::istringstream fields{line};
    std::string name;
    fields >> name;
    std::int64_t ticks = 0;
    int field = 0;
    while (field < 8 && fields >> ticks) ++field;
    if (name != "cpu" && field == 8) most = std::max(most.value_or(Nanoseconds{0}), ticks * tick);
  }
  return most;
}

}  // namespace

std::vector<pid_t> Kernel::threads_of(pid_t process) const {
  return numbers_in(proc_ / std::to_string(process) / "task");
}

std::optional<ThreadTimes> Kernel::thread(pid_t process, pid_t thread) const {
  const auto task = proc_ / std::to_string(process) / "task" / std::to_string(thread);
  const std::string stat = contents_of(task / "stat");
  const std::string_view state = after_command(stat);
  if (state.empty()) return std::nullopt;
  ThreadTimes times{.state = state.front()};
  const std::string schedule = contents_of(task / "schedstat");
  char* end = nullptr;
  const auto ran = std::strtoll(schedule.c_str(), &end, 10);
  if (end == schedule.c_str()) return times;
  times.ran = Nanoseconds{ran};
  times.denied = Nanoseconds{std::strtoll(end, nullptr, 10)};
  return times;
}

MachineTimes Kernel::machine() const {
  return {.stolen = most_stolen(contents_of(proc_ / "stat")),
          .cpu_pressure = total_in(contents_of(proc_ / "pressure" / "cpu")),
          .io_pressure = total_in(contents_of(proc_ / "pressure" / "io"))};
}

std::vector<pid_t> Kernel::descendants_of(pid_t process) const {
  std::multimap<pid_t, pid_t> children;
  for (const pid_t each : numbers_in(proc_)) {
    const std::string stat = contents_of(proc_ / std::to_string(each) / "stat");
    const std::string_view rest = after_command(stat);
    if (rest.size() > 2) children.emplace(std::atoi(rest.data() + 2), each);
  }
  std::vector<pid_t> found{process};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto [first, last] = children.equal_range(found[i]);
    for (auto each = first; each != last; ++each) found.push_back(each->second);
  }
  found.erase(found.begin());
  return found;
}

}  // namespace psq::conformance
