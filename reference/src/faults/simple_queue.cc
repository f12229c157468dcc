#include "src/faults/tables.h"

#ifdef PSQ_FAULTS

namespace psq::detail {
namespace {

constexpr FaultRow kTable[] = {
    {Fault::kSimplePutAfterClose,
     {"simple-put-after-close", "simple-queue.close.operations-closed",
      "put after close still puts"}},
    {Fault::kSimpleGetDuplicates,
     {"simple-get-duplicates", "simple-queue.get.exactly-once",
      "every fourth item is given out twice"}},
    {Fault::kSimpleLosesOne,
     {"simple-loses-one", "simple-queue.get.exactly-once",
      "the five-hundredth item is thrown away"}},
    {Fault::kSimpleLate,
     {"simple-late", "simple-queue.put.visible-on-return",
      "every tenth item stays in the process until its next put"}},
    {Fault::kSimpleGetGivesUp,
     {"simple-get-gives-up", "simple-queue.get.waits-for-item", "get waits for 50 ms only"}},
    {Fault::kSimpleOvertakes,
     {"simple-overtakes", "simple-queue.order.fifo",
      "every tenth item is overtaken by the next one of its process"}},
    {Fault::kSimpleLargeOvertaken,
     {"simple-large-overtaken", "simple-queue.order.fifo",
      "a large item is overtaken by the next one of its process"}},
    {Fault::kSimpleEmptyToOthers,
     {"simple-empty-to-others", "simple-queue.empty.exact",
      "empty answers true in processes that have put nothing"}},
    {Fault::kSimpleEmptyAtOne,
     {"simple-empty-at-one", "simple-queue.empty.exact",
      "empty answers true while one item is left"}},
    {Fault::kSimpleDiesWithProducer,
     {"simple-dies-with-producer", "simple-queue.put.survives-producer",
      "every tenth item dies with its producer, unless that puts another"}},
    {Fault::kSimpleCloseEverywhere,
     {"simple-close-everywhere", "simple-queue.close.local",
      "a close closes the queue in all processes"}},
    {Fault::kSimpleItemCorrupted,
     {"simple-item-corrupted", "simple-queue.item.sizes-intact",
      "the last byte of an item of more than 1 MiB is changed"}},
    {Fault::kSimpleRendezvous,
     {"simple-rendezvous", "simple-queue.put.small-at-once",
      "put waits until its item is obtained"}},
    {Fault::kSimpleLargeGivesUp,
     {"simple-large-gives-up", "simple-queue.put.large-later-consumer",
      "a put that waits for room gives up after 100 ms"}},
    {Fault::kSimpleLeavesStump,
     {"simple-leaves-stump", "simple-queue.put.not-serializable",
      "an item that cannot be serialized leaves an empty one behind"}},
    {Fault::kSimpleDigitMisread,
     {"simple-digit-misread", "simple-queue.item.values-equal",
      "a digit of a short item is misread"}},
    {Fault::kSimpleNullLost,
     {"simple-null-lost", "simple-queue.item.null-is-an-item", "the shortest items are lost"}},
    {Fault::kSimpleSecondGetterForgotten,
     {"simple-second-getter-forgotten", "simple-queue.get.all-served",
      "a get that begins while another one of its process waits never ends"}},
    {Fault::kSimpleCloseToggles,
     {"simple-close-toggles", "simple-queue.close.idempotent",
      "a second close opens the queue again"}},
    {Fault::kSimpleExitLoses,
     {"simple-exit-loses", "simple-queue.exit.items-remain",
      "every tenth item is lost when its process ends without another put"}},
    {Fault::kSimpleChildSkips,
     {"simple-child-skips", "simple-queue.put.visible-to-later-child",
      "what was there before a process got its first item is thrown away"}},
    {Fault::kSimpleBrokenStays,
     {"simple-broken-stays", "simple-queue.get.not-deserializable",
      "an item stays for one more get"}},
};

}  // namespace

std::span<const FaultRow> simple_queue_faults() noexcept { return kTable; }

}  // namespace psq::detail

#endif  // PSQ_FAULTS
