#include "src/fault_queue.h"

#ifdef PSQ_FAULTS

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "psq/error.h"
#include "src/fault_seam.h"
#include "src/feeder.h"
#include "src/history_faults.h"

namespace psq::detail {

bool fault_simple_unchecked() {
  if (fault_is(Fault::kSimplePutAfterClose)) return true;
  if (fault_is(Fault::kSimpleCloseEverywhere) && fault_shared() > 0) throw Closed("queue");
  return false;
}

void fault_simple_put(QueueMemory& queue, std::string_view item) {
  if (fault_is(Fault::kSimpleNullLost) && item.size() < 8) return;
  if (fault_is(Fault::kSimpleEmptyToOthers)) fault_own() = 1;
  if (fault_is(Fault::kSimpleEmptyAtOne)) fault_shared()++;
  if (const auto now = fault_delayed(std::string(item))) {
    for (const std::string& each : *now) queue.channel().send(each);
    return;
  }
  queue.channel().send(item);
  if (!fault_is(Fault::kSimpleRendezvous)) return;
  while (!queue.channel().empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

std::optional<std::string> fault_simple_before_get(QueueMemory& queue,
                                                   const std::atomic<bool>& closed,
                                                   Timeout& timeout) {
  for (const Fault fault :
       {Fault::kSimpleGetDuplicates, Fault::kRareSimpleTwice, Fault::kSimpleBrokenStays})
    if (auto again = fault_again(fault)) return again;
  if (fault_is(Fault::kSimpleChildSkips) && fault_own().exchange(1) == 0) {
    std::string skipped;
    while (queue.channel().receive(skipped, Deadline::after(no_wait), closed)) skipped.clear();
  }
  if (fault_is(Fault::kSimpleSecondGetterForgotten) && fault_own().fetch_add(1) > 0) fault_hang();
  if (fault_is(Fault::kSimpleGetGivesUp) && timeout.length() > kLookAgain) timeout = kLookAgain;
  return std::nullopt;
}

bool fault_simple_after_get(std::string& item) {
  if (fault_is(Fault::kSimpleGetDuplicates)) fault_remember(item);
  if (fault_rarely(Fault::kRareSimpleTwice, 1000)) fault_remember(item, 1);
  if (fault_rarely(Fault::kRareSimpleLoses, 1000)) return false;
  if (fault_is(Fault::kSimpleBrokenStays)) fault_remember(item, 1);
  if (fault_is(Fault::kSimpleSecondGetterForgotten)) fault_own()--;
  if (fault_is(Fault::kSimpleEmptyAtOne)) fault_shared()--;
  if (fault_is(Fault::kSimpleLosesOne) && ++fault_shared() == 500) return false;
  if (fault_is(Fault::kSimpleItemCorrupted) && item.size() > (std::size_t{1} << 20))
    item.back() ^= 1;
  if (fault_is(Fault::kSimpleDigitMisread) && item.size() < 96)
    std::ranges::replace(item, '7', '8');
  return true;
}

std::optional<bool> fault_simple_empty() {
  if (fault_is(Fault::kSimpleEmptyToOthers) && fault_own() == 0) return true;
  if (fault_rarely(Fault::kRareSimpleEmpty, 4)) return true;
  if (fault_is(Fault::kSimpleEmptyAtOne)) return fault_shared() <= 1;
  return std::nullopt;
}

bool fault_simple_close(Feeder& feeder) noexcept {
  if (fault_is(Fault::kSimpleCloseEverywhere)) fault_shared() = 1;
  if (!fault_is(Fault::kSimpleCloseToggles) || !feeder.closed()) return false;
  FaultSeams::reopen(feeder);
  return true;
}

}  // namespace psq::detail

#endif  // PSQ_FAULTS
