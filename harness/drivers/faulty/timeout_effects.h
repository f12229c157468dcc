// Faults of timeouts: how a put or a get changes the time that it was given.
#pragma once

#include <chrono>
#include <functional>

#include "effects.h"

namespace psq::faulty {

constexpr std::chrono::milliseconds kShort{100};

using ChangeTimeout = std::function<Timeout(Timeout)>;

[[nodiscard]] Effect put_within(const Queues& which, const ChangeTimeout& change);
[[nodiscard]] Effect get_within(const Queues& which, const ChangeTimeout& change);

[[nodiscard]] Timeout halved(Timeout timeout);
/// Half as long again, but for waits that no test sits out.
[[nodiscard]] Timeout stretched(Timeout timeout);
/// Waits for ever become this long; kShort is what most faults take.
[[nodiscard]] ChangeTimeout forever_is(std::chrono::milliseconds length);
/// One immediate attempt becomes a wait of 600 ms.
[[nodiscard]] Timeout late_without_wait(Timeout timeout);
/// Above 20 days it does not wait.
[[nodiscard]] Timeout huge_is_zero(Timeout timeout);
/// Whole milliseconds, rounded down.
[[nodiscard]] Timeout tiny_is_zero(Timeout timeout);
/// A timed call of a process counts from the end of the one before.
[[nodiscard]] Timeout in_line(Timeout timeout);
/// One timed call in twenty of all processes has half of its time.
[[nodiscard]] Timeout rarely_half(Timeout timeout);

/// An operation of this kind takes not-a-number for zero.
[[nodiscard]] Effect nan_is_zero(driver::Verb verb);

/// A call that waits tries again and again without waiting. Once `overtaken` is true, it sleeps on
/// until its time is over. True: an attempt has succeeded.
[[nodiscard]] bool starving_wait(Timeout timeout, const std::function<bool()>& overtaken,
                                 const std::function<bool()>& attempt);

}  // namespace psq::faulty
