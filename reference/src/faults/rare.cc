#include "src/faults/tables.h"

#ifdef PSQ_FAULTS

namespace psq::detail {
namespace {

// Those that only generated programs find.
constexpr FaultRow kTable[] = {
    {Fault::kRareFullEarly,
     {"rare-full-early", "queue.put.full-after-timeout",
      "one timed put in twenty gives up after half of its timeout"}},
    {Fault::kRareEmptyEarly,
     {"rare-empty-early", "queue.get.empty-after-timeout",
      "one timed get in twenty gives up after half of its timeout"}},
    {Fault::kRareGetTwice,
     {"rare-get-twice", "queue.get.exactly-once", "one item in five hundred is given out twice"}},
    {Fault::kRareGetLoses,
     {"rare-get-loses", "queue.get.exactly-once", "one item in a thousand is thrown away"}},
    {Fault::kRareItemGarbled,
     {"rare-item-garbled", "queue.item.sizes-intact",
      "the last byte of one item in five hundred is changed"}},
    {Fault::kRareQsize,
     {"rare-qsize", "queue.qsize.counts-slots", "qsize counts one too many one time in three"}},
    {Fault::kRareTaskDoneLost,
     {"rare-task-done-lost", "joinable-queue.join.returns-at-zero",
      "one task_done in two hundred does nothing"}},
    {Fault::kRareJoinEarly,
     {"rare-join-early", "joinable-queue.join.waits-for-tasks",
      "one join in three returns at once"}},
    {Fault::kRareSimpleSwaps,
     {"rare-simple-swaps", "simple-queue.order.fifo",
      "one item in five hundred is overtaken by the next one of its thread"}},
    {Fault::kRareSimpleTwice,
     {"rare-simple-twice", "simple-queue.get.exactly-once",
      "one item in a thousand is given out twice"}},
    {Fault::kRareSimpleLoses,
     {"rare-simple-loses", "simple-queue.get.exactly-once",
      "one item in a thousand is thrown away"}},
    {Fault::kRareSimpleEmpty,
     {"rare-simple-empty", "simple-queue.empty.exact",
      "empty answers true one time in four, whatever is there"}},
    {Fault::kRareSimpleTorn,
     {"rare-simple-torn", "simple-queue.item.sizes-intact",
      "of one large item in five only a part is sent"}},
};

}  // namespace

std::span<const FaultRow> rare_faults() noexcept { return kTable; }

}  // namespace psq::detail

#endif  // PSQ_FAULTS
