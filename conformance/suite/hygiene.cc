// What a program must not leave behind once its processes have ended normally. Looked for in what
// the program's own processes had mapped and in the temporary folder that it was given, never in
// what the whole machine shares.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const std::string kClause = "process.hygiene.nothing-left";
// An end that takes longer waits for another process: then there is no normal end to look at.
constexpr auto kEndsWithin = 700ms;
// Helper processes of an implementation end, and clean up, after those that they help.
constexpr auto kHelpersEndWithin = 5s;

/// The named shared memory that a process has mapped now.
std::set<std::string> named_memory_of(pid_t pid) {
  std::set<std::string> names;
  std::ifstream maps{"/proc/" + std::to_string(pid) + "/maps"};
  for (std::string line; std::getline(maps, line);) {
    const auto at = line.find("/dev/shm/");
    if (at != std::string::npos && !line.ends_with(" (deleted)")) names.insert(line.substr(at));
  }
  return names;
}

std::set<std::string> named_memory_of_all(const Session& session) {
  std::set<std::string> names;
  for (const auto& [name, peer] : session.peers()) {
    if (!peer.dead && peer.pid > 0) names.merge(named_memory_of(peer.pid));
  }
  return names;
}

/// A killed process cleans nothing up, and one that is not there cannot be asked to.
bool ended_otherwise(const Session& session) {
  return std::ranges::any_of(
      session.peers(), [](const auto& each) { return each.second.killed || each.second.abrupt; });
}

bool end_normally(Scenario& t, const std::string& name) {
  Session& session = t.session();
  const Peer& peer = session.peer(name);
  if (peer.dead) return true;
  if (!peer.told_to_end) session.start(name, end_by(Ending::kReturn));
  return session.await([&] { return peer.dead; }, t.patient(kEndsWithin) / FairBound::kHangs)
      .ended();
}

/// Children first, and those of children before: the newest names were spawned last, and any order
/// ends them all.
bool end_all_normally(Scenario& t) {
  bool progress = true;
  while (progress) {
    progress = false;
    for (const auto& [name, peer] : t.session().peers()) {
      if (name == "root" || peer.dead || peer.pid == 0) continue;
      if (!end_normally(t, name)) return false;
      progress = true;
    }
  }
  return end_normally(t, "root");
}

std::string left_files(const std::filesystem::path& folder) {
  std::string left;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    const std::string name = entry.path().filename().string();
    if (name != "control" && name != "driver.log") left += (left.empty() ? "" : ", ") + name;
  }
  return left;
}

}  // namespace

bool Scenario::expect_nothing_left() {
  if (!hello().profiles.contains("lifecycle") || session_->anything_pending() ||
      ended_otherwise(*session_))
    return false;
  const auto memory = named_memory_of_all(*session_);
  if (!end_all_normally(*this)) return false;
  const std::size_t step = session_->transcript().newest();
  const auto demand = [&](bool held, const std::string& saw) {
    if (!held)
      throw Failed{.clause = kClause, .expected = "nothing is left", .saw = saw, .step = step};
  };
  const Awaited helpers =
      session_->await([&] { return session_->program().descendants_have_ended(); },
                      patient(kHelpersEndWithin) / FairBound::kHangs);
  if (helpers.state == FairBound::State::kUndecided)
    throw Inconclusive{"its helper processes have not ended, on a machine that is too slow: " +
                       helpers.spent.in_words()};
  demand(helpers.ended(), "a process still runs");
  for (const auto& name : memory) {
    std::error_code ignored;
    // It was the program's own, and no other process will remove it.
    demand(!std::filesystem::remove(name, ignored), "shared memory or a semaphore: " + name);
  }
  const std::string files = left_files(session_->folder());
  demand(files.empty(), "in the temporary folder: " + files);
  return true;
}

}  // namespace psq::conformance
