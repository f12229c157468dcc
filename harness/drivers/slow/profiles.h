// The ways in which psq-slow-driver is slow.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace psq::slow {

using std::chrono::microseconds;

/// One way to be slow. Chances are of 10,000; lengths are the longest, a seed draws each below it.
struct Profile {
  std::string_view name;
  std::string_view effect;
  std::uint32_t slow_processes = 10'000;  // the chance that a process has pauses
  std::uint32_t slow_threads = 10'000;    // the chance that a thread of it has
  std::uint32_t pauses = 0;               // the chance of a pause before a call, and behind it
  microseconds pause{0};
  std::uint32_t long_pauses = 0;
  microseconds long_pause{0};
  microseconds in_message{0};  // exactly: between a short transfer and a large one behind it
  microseconds late{0};        // before a new thread or process begins, and before one ends
  std::uint32_t pieces = 0;    // the chance that an answer to the controller is sent in pieces
};

/// The profile of that name; null when there is none.
const Profile* find_profile(std::string_view name);
/// The profile that a seed means when none is named.
const Profile& profile_of(std::uint64_t seed);

/// All profiles, the unnamed end excluded.
const Profile* begin_of_profiles();
const Profile* end_of_profiles();

}  // namespace psq::slow
