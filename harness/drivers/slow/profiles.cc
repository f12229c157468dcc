#include "profiles.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace psq::slow {
namespace {

using namespace std::chrono_literals;

constexpr std::array kProfiles{
    Profile{.name = "many-short",
            .effect = "many short pauses in every thread",
            .pauses = 2000,
            .pause = 800us,
            .pieces = 2000},
    Profile{.name = "rare-long",
            .effect = "a long pause of a whole thread now and then",
            .pauses = 100,
            .pause = 500us,
            .long_pauses = 30,
            .long_pause = 250ms},
    Profile{.name = "one-thread",
            .effect = "some threads of each process are much slower than the rest",
            .slow_threads = 3500,
            .pauses = 4000,
            .pause = 3ms},
    Profile{.name = "one-process",
            .effect = "some processes are much slower than the rest",
            .slow_processes = 4000,
            .pauses = 4000,
            .pause = 3ms,
            .pieces = 3000},
    Profile{.name = "in-message",
            .effect = "50 ms between the header and the body of a message of 4,000 bytes or more",
            .in_message = 50ms},
    Profile{.name = "late",
            .effect = "threads and processes begin late and end late, answers come in pieces",
            .late = 80ms,
            .pieces = 6000},
    Profile{.name = "mixed",
            .effect = "some of everything",
            .slow_processes = 7000,
            .slow_threads = 7000,
            .pauses = 1500,
            .pause = 1500us,
            .long_pauses = 10,
            .long_pause = 150ms,
            .in_message = 10ms,
            .late = 40ms,
            .pieces = 2000},
};

}  // namespace

const Profile* begin_of_profiles() { return kProfiles.begin(); }
const Profile* end_of_profiles() { return kProfiles.end(); }

const Profile* find_profile(std::string_view name) {
  const auto* found = std::find_if(kProfiles.begin(), kProfiles.end(),
                                   [&](const Profile& each) { return each.name == name; });
  return found == kProfiles.end() ? nullptr : found;
}

const Profile& profile_of(std::uint64_t seed) { return kProfiles.at(seed % kProfiles.size()); }

}  // namespace psq::slow
