#include "src/history_faults.h"

#ifdef PSQ_FAULTS

namespace psq::detail {
namespace {

constexpr FaultInfo kRows[] = {
    {"rare-full-early", "queue.put.full-after-timeout",
     "one timed put in twenty gives up after half of its timeout"},
    {"rare-empty-early", "queue.get.empty-after-timeout",
     "one timed get in twenty gives up after half of its timeout"},
    {"rare-get-twice", "queue.get.exactly-once", "one item in five hundred is given out twice"},
    {"rare-get-loses", "queue.get.exactly-once", "one item in a thousand is thrown away"},
    {"rare-item-garbled", "queue.item.sizes-intact",
     "the last byte of one item in five hundred is changed"},
    {"rare-qsize", "queue.qsize.counts-slots", "qsize counts one too many one time in three"},
    {"rare-task-done-lost", "joinable-queue.join.returns-at-zero",
     "one task_done in two hundred does nothing"},
    {"rare-join-early", "joinable-queue.join.waits-for-tasks", "one join in three returns at once"},
    {"rare-simple-swaps", "simple-queue.order.fifo",
     "one item in five hundred is overtaken by the next one of its thread"},
    {"rare-simple-twice", "simple-queue.get.exactly-once",
     "one item in a thousand is given out twice"},
    {"rare-simple-loses", "simple-queue.get.exactly-once", "one item in a thousand is thrown away"},
    {"rare-simple-empty", "simple-queue.empty.exact",
     "empty answers true one time in four, whatever is there"},
    {"rare-simple-torn", "simple-queue.item.sizes-intact",
     "of one large item in five only a part is sent"},
    {"rare-message-lost", "pipe.order.messages", "one message in a thousand of all is not sent"},
    {"rare-messages-swapped", "pipe.order.messages",
     "one message in a thousand of all is overtaken by the next"},
    {"rare-message-twice", "pipe.order.messages", "one message in a thousand of all is sent twice"},
};

constexpr std::size_t kLarge = 65'536;

}  // namespace

std::span<const FaultInfo> history_faults() noexcept {
  return kRows;
}

bool fault_rarely(Fault fault, int n) noexcept {
  return fault_is(fault) && fault_shared().fetch_add(1) % n == n - 1;
}

Timeout fault_rare_timeout(Fault fault, Timeout timeout) {
  constexpr int kRarely = 20;
  if (timeout.is_forever() || timeout.length() == std::chrono::nanoseconds{0}) return timeout;
  return fault_rarely(fault, kRarely) ? Timeout(timeout.length() / 2) : timeout;
}

void fault_rare_item(std::string& item) {
  constexpr int kRarely = 500;
  if (fault_rarely(Fault::kRareItemGarbled, kRarely)) item.back() ^= 1;
  if (fault_rarely(Fault::kRareGetTwice, kRarely)) fault_remember(item, 1);
}

std::string fault_rare_torn(const std::string& item) {
  constexpr int kRarely = 5;
  const bool torn = item.size() >= kLarge && fault_rarely(Fault::kRareSimpleTorn, kRarely);
  return torn ? item.substr(0, item.size() / 2) : item;
}

}  // namespace psq::detail

#endif  // PSQ_FAULTS
