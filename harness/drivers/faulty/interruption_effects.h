// Faults of calls that are stopped and continued, or interrupted by a signal with a handler.
#pragma once

#include <functional>

#include "effects.h"

namespace psq::faulty {

enum class Interruption { kStop, kSignal };
enum class Reaction { kBeginsAnew, kGivesUp };

/// Tries again and again until the time is over, and reacts to interruptions of this kind. True: an
/// attempt has succeeded.
[[nodiscard]] bool attempts(Timeout timeout, Interruption interruption, Reaction reaction,
                            const std::function<bool()>& attempt);

/// As attempts, of a call that has the driver's form of a timeout.
[[nodiscard]] bool attempts(std::optional<driver::Seconds> timeout, Interruption interruption,
                            Reaction reaction, const std::function<bool()>& attempt);

/// Sleeps for a short time. Whether an interruption of this kind came in it.
[[nodiscard]] bool nap_was_interrupted(Interruption interruption);

}  // namespace psq::faulty
