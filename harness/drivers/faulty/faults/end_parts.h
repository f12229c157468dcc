// Faults of the end of a process.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "effects.h"
#include "src/feeder.h"

namespace psq::faulty {

using Feeders = std::vector<std::shared_ptr<detail::Feeder>>;

/// Before a process flushes its queues at its end: takes away those that it shall not flush, or
/// does something besides.
template <typename F>
[[nodiscard]] Effect flushes_at_exit(F change) {
  return alter("queues.flushed", [change](Feeders& feeders) { change(feeders); });
}

}  // namespace psq::faulty
