#include "clauses/shared/descriptors.h"

#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace psq::conformance {
namespace {

constexpr int kSelectLimit = 1024;

// A process may have no more than 1,024 by default.
void allow_descriptors(pid_t pid, rlim_t count) {
  rlimit limit{};
  if (::prlimit(pid, RLIMIT_NOFILE, nullptr, &limit) == 0 && limit.rlim_cur >= count) return;
  limit.rlim_cur = count;
  if (limit.rlim_max < count || ::prlimit(pid, RLIMIT_NOFILE, &limit, nullptr) != 0)
    throw Unsupported{"this machine allows a process no " + std::to_string(count) + " descriptors"};
}

int largest_descriptor(pid_t pid) {
  int largest = -1;
  const auto folder = "/proc/" + std::to_string(pid) + "/fd";
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    const std::string name = entry.path().filename();
    int number = -1;
    std::from_chars(name.data(), name.data() + name.size(), number);
    largest = std::max(largest, number);
  }
  return largest;
}

}  // namespace

void use_low_descriptors(Scenario& t) {
  constexpr int kPipes = kSelectLimit / 2 + 20;
  const Actor main = t.root();
  const pid_t pid = t.session().peer(main.name()).pid;
  allow_descriptors(pid, 2 * kSelectLimit);
  for (int i = 0; i < kPipes; ++i) {
    const std::string number = std::to_string(i);
    static_cast<void>(main.pipe(false, "low_receiver" + number, "low_sender" + number));
  }
  if (largest_descriptor(pid) < kSelectLimit)
    throw Unsupported{"its pipes have no descriptors, or share them"};
}

}  // namespace psq::conformance
