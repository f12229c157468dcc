// Pauses of this process's threads, drawn from the seed and the profile of the environment.
//
// Every function may be called by any thread, at any time after the library was loaded, and in a
// child of a fork. They allocate nothing, take no lock and keep errno.
#pragma once

#include <cstddef>
#include <cstdint>

namespace psq::slow {

/// What the intercepted call is about. Locks are far more frequent than the rest, and have fewer
/// pauses.
enum class Site : std::uint8_t { kCall, kLock };

/// Perhaps a pause before or behind a call.
void pause_perhaps(Site site = Site::kCall);

/// Perhaps a pause before a call that signals interrupt. False when a signal's handler ran in this
/// pause, or in one of this thread before: the call must then end as interrupted, because it might
/// wait for what the handler did.
bool pause_before_waiting();

/// Before a transfer of `count` bytes on a descriptor: the pause within a message, when this thread
/// has just transferred a few bytes on the same descriptor, and perhaps another. False as
/// `pause_perhaps`.
bool pause_before_transfer(int descriptor, std::size_t count);
/// Behind a transfer that moved `moved` bytes, or -1.
void pause_behind_transfer(int descriptor, std::int64_t moved);

/// Before a new thread or process begins, or one ends.
void be_late();

/// Before a fork: the next child draws other pauses than those before.
void note_child();
/// In the child of a fork: draws other pauses than its parent.
void be_another_process();

/// In how many pieces the next answer is sent; at least 1.
std::size_t draw_pieces();
void pause_between_pieces();

}  // namespace psq::slow
