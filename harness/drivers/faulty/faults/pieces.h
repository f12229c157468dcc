// A get that looks again every 50 ms whether a fault has something else for it.
#pragma once

#include <optional>
#include <string>

#include "faults/queue_parts.h"

namespace psq::faulty {

/// `instead` is asked before each look; true: it has set what the get gives out.
template <typename Instead>
std::optional<std::string> get_in_pieces(LocalQueue& queue, Timeout timeout,
                                         const Instead& instead) {
  const Deadline deadline = Deadline::after(timeout);
  for (;;) {
    std::optional<std::string> item;
    if (instead(item)) return item;
    const auto piece = std::min(timeout.length(), Timeout::Duration(detail::kLookAgain));
    item = queue.get(piece);
    if (item || deadline.has_passed()) return item;
  }
}

}  // namespace psq::faulty
