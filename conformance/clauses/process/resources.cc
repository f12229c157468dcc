#include "clauses/process/resources.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace psq::conformance {
namespace {

// In memory, for each use: allocators keep some of what is freed.
constexpr std::int64_t kKilobytesEach = 64;
constexpr auto kBetweenCounts = 10ms;
// What is let go of in the background is gone within this time.
constexpr auto kLetGo = 1s;
// Memory that grows with the number of uses grows in each of these rounds. A runtime that compiles
// while it runs, or that enlarges its heap in steps, takes more in one of them now and then.
constexpr int kRounds = 4;

struct Resources {
  std::int64_t descriptors = 0;
  std::int64_t threads = 0;
  std::int64_t children = 0;
  std::int64_t mappings = 0;
  std::int64_t kilobytes = 0;
};

std::int64_t entries_of(const std::filesystem::path& folder) {
  return std::distance(std::filesystem::directory_iterator{folder}, {});
}

std::int64_t lines_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  return std::count(std::istreambuf_iterator<char>{in}, {}, '\n');
}

// Those that have ended and were not collected, too.
std::int64_t children_of(pid_t pid) {
  std::int64_t count = 0;
  for (const pid_t thread : threads_of(pid)) {
    std::ifstream in{"/proc/" + std::to_string(pid) + "/task/" + std::to_string(thread) +
                     "/children"};
    for (std::string each; in >> each;) ++count;
  }
  return count;
}

std::int64_t kilobytes_of(const std::filesystem::path& process) {
  constexpr std::string_view kInMemory = "VmRSS:";
  std::ifstream in{process / "status"};
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(kInMemory)) return std::stoll(line.substr(kInMemory.size()));
  return 0;
}

Resources resources_of(pid_t pid) {
  const std::filesystem::path process = "/proc/" + std::to_string(pid);
  return {.descriptors = entries_of(process / "fd"),
          .threads = static_cast<std::int64_t>(threads_of(pid).size()),
          .children = children_of(pid),
          .mappings = lines_of(process / "maps"),
          .kilobytes = kilobytes_of(process)};
}

// What has grown from one to the other, as text; nothing when nothing has.
struct Growth {
  std::string counted;
  std::string memory;

  [[nodiscard]] bool none() const { return counted.empty() && memory.empty(); }
  [[nodiscard]] std::string in_words() const {
    return counted + (counted.empty() || memory.empty() ? "" : ", ") + memory;
  }
};

Growth growth(const Resources& from, const Resources& to, const Watched& watched, int uses) {
  Growth found;
  const auto compare = [&](std::string& in, const std::string& what, std::int64_t before,
                           std::int64_t after, std::int64_t allowed) {
    if (after - before <= allowed) return;
    in += (in.empty() ? "" : ", ") + std::to_string(after) + " " + what + " after " +
          std::to_string(before);
  };
  if (watched.descriptors)
    compare(found.counted, "descriptors", from.descriptors, to.descriptors, 0);
  compare(found.counted, "threads", from.threads, to.threads, 0);
  compare(found.counted, "children", from.children, to.children, 0);
  if (!watched.memory) return found;
  // Less than one a use.
  compare(found.memory, "mappings", from.mappings, to.mappings, uses - 1);
  compare(found.memory, "KiB in memory", from.kilobytes, to.kilobytes, uses * kKilobytesEach);
  return found;
}

// The least of several counts: what is let go of in the background goes within a while.
Resources at_rest(Scenario& t, pid_t pid) {
  constexpr int kCounts = 5;
  Resources least = resources_of(pid);
  for (int i = 1; i < kCounts; ++i) {
    static_cast<void>(t.session().wait_until([] { return false; }, kBetweenCounts));
    const Resources now = resources_of(pid);
    least = {.descriptors = std::min(least.descriptors, now.descriptors),
             .threads = std::min(least.threads, now.threads),
             .children = std::min(least.children, now.children),
             .mappings = std::min(least.mappings, now.mappings),
             .kilobytes = std::min(least.kilobytes, now.kilobytes)};
  }
  return least;
}

// What has grown and stays so.
Growth lasting_growth(Scenario& t, pid_t pid, const Resources& before, const Watched& watched,
                      int uses) {
  FairBound bound{t.session().fair_clock(), t.patient(kLetGo), FairBound::Work::kForQuestions};
  Growth grown = growth(before, resources_of(pid), watched, uses);
  while (!grown.none() && bound.state() != FairBound::State::kHung) {
    if (bound.state() == FairBound::State::kUndecided) throw Inconclusive{bound.in_words()};
    static_cast<void>(t.session().wait_until([] { return false; }, kBetweenCounts));
    grown = growth(before, resources_of(pid), watched, uses);
  }
  return grown;
}

}  // namespace

void expect_no_growth(Scenario& t, const Watched& watched, int first, int more,
                      const std::function<void(const std::string& suffix)>& use) {
  const pid_t pid = t.session().peer("root").pid;
  int uses = 0;
  for (int i = 0; i < first; ++i) use("_first" + std::to_string(i));
  Growth grown;
  for (int round = 0; round < kRounds; ++round) {
    const Resources before = at_rest(t, pid);
    for (int i = 0; i < more; ++i) use(std::to_string(uses++));
    grown = lasting_growth(t, pid, before, watched, more);
    if (grown.none()) return;
    if (!grown.counted.empty()) break;
  }
  t.expect_true(grown.none(), "no more than before " + std::to_string(more) + " more uses",
                grown.in_words());
}

}  // namespace psq::conformance
