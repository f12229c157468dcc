// The body of the tests that a call which shall not wait does not wait for a process that a signal
// stops in one of its calls, at any instruction of it.
#pragma once

#include <functional>

#include "suite/kinds.h"

namespace psq::conformance {

/// Who is stopped. Of the consumers alone: behind a producer that is stopped in the middle of an
/// item, the law lets a get wait for the rest (queue.get.part-of-item).
enum class Stopped { kConsumers, kAll };

/// What the root process calls meanwhile: on the queue, at the stop of that number.
using CallsAt = std::function<std::vector<Request>(const Object& queue, int stop)>;

/// Processes put and get items as large as the driver has them, back to back. They are stopped
/// at many random times; meanwhile each of `calls` has to end at once.
/// `demand` looks at its answer.
///
/// Most of the time of such a call goes into the bytes of its item. An implementation that holds a
/// lock meanwhile is met there at one stop of several. One that holds a lock for a few instructions
/// is as good as never met there: what happens at so few of the stops is no failure.
void while_others_stand_in_calls(Scenario& t, QueueKind kind, Stopped stopped, const CallsAt& calls,
                                 const std::function<void(const Answer&)>& demand);

}  // namespace psq::conformance
