// How a feeder sends: no error ends it.

#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <string_view>
#include <thread>
#include <utility>

#include "psq/error.h"
#include "src/queue_memory.h"

namespace psq::detail {

inline void tell_of_feeder(const char* what, const Error& error) noexcept {
  std::fprintf(stderr, "psq: process %d %s: %s\n", getpid(), what, error.what());
}

// As Channel::send_some, but without errors. Without memory for a long item it tries again later,
// and again: no event says that the system has memory once more. Into a damaged channel nothing can
// be sent, so the batch is lost. No caller is there to be told: standard error is, once.
inline void send_some_surely(const QueuePointer& queue, std::string_view& batch,
                             Producer producer) noexcept {
  for (bool is_told = false;;) {
    try {
      (void)queue->channel().send_some(queue.memory(), batch, SIZE_MAX, producer);
      return;
    } catch (const Corrupted& error) {
      tell_of_feeder("loses items that it has put", error);
      batch = {};
      return;
    } catch (const Error& error) {
      if (!std::exchange(is_told, true))
        tell_of_feeder("has an item that it cannot send yet", error);
      std::this_thread::sleep_for(kLookAgain);
    }
  }
}

}  // namespace psq::detail
