#include "src/faults/tables.h"

#ifdef PSQ_FAULTS

namespace psq::detail {
namespace {

constexpr FaultRow kTable[] = {
    {Fault::kSlotTakenAhead,
     {"slot-taken-ahead", "failure.kill.idle-holder-harmless",
      "the first put of a process takes a slot for the next one, too"}},
    {Fault::kKilledSwaps,
     {"killed-swaps", "failure.kill.what-arrives-is-whole",
      "the feeder swaps two neighbours now and then"}},
    {Fault::kKilledGetAgain,
     {"killed-get-again", "failure.kill.consumer-no-duplicate",
      "every hundredth item is given out twice"}},
    {Fault::kKilledSimpleTorn,
     {"killed-simple-torn", "failure.kill.simple-queue-what-arrives-is-whole",
      "what is there of a message whose writer is dead is given out"}},
    {Fault::kKilledSimpleLate,
     {"killed-simple-late", "failure.kill.simple-queue-what-arrives-is-whole",
      "every other item stays in the process until its next put"}},
    {Fault::kPutterHoldsPlace,
     {"putter-holds-place", "failure.kill.waiting-putter-harmless",
      "a put that waits holds a place in the queue already"}},
    {Fault::kWritersByTicket,
     {"writers-by-ticket", "failure.kill.waiting-writer-harmless",
      "writers are served in the order of their tickets, the dead as well"}},
    {Fault::kGetterBehindServed,
     {"getter-behind-served", "failure.kill.getter-behind-harmless",
      "every other item goes to a get that was killed while it waited"}},
    {Fault::kDeadGetterServed,
     {"dead-getter-served", "failure.kill.waiting-getter-loses-nothing",
      "every other item goes to a get that was killed while it waited"}},
    {Fault::kDeadReaderRest,
     {"dead-reader-rest", "failure.kill.reader-in-message",
      "what a dead reader left of a message is given out"}},
    {Fault::kGetIsDoneForNow,
     {"get-is-done-for-now", "failure.kill.task-remains",
      "a get finishes the task, and task_done does nothing"}},
    {Fault::kOneLockForAll,
     {"one-lock-for-all", "failure.kill.other-objects-unharmed",
      "all queues write under one lock, which dies with its holder"}},
    {Fault::kTerminatedTorn,
     {"terminated-torn", "failure.terminate.what-arrives-is-whole",
      "what is there of a message whose writer is dead is given out"}},
    {Fault::kLateGetLoses,
     {"late-get-loses", "failure.stop.consumer-continues",
      "a get that has waited for 100 ms loses its item"}},
    {Fault::kLateFeederLoses,
     {"late-feeder-loses", "failure.stop.producer-continues",
      "a feeder that was held up for 100 ms loses an item"}},
    {Fault::kMomentTorn,
     {"moment-torn", "failure.moment.nothing-wrong",
      "what is there of a message whose writer is dead is given out"}},
    {Fault::kStoppedGetLoses,
     {"stopped-get-loses", "failure.stop.every-moment",
      "a get that has waited for 100 ms loses its item"}},
    {Fault::kDeadReaderBlocks,
     {"dead-reader-blocks", "failure.robust.goes-on",
      "after a reader died in the middle of an item nothing is obtained any more"}},
    {Fault::kDeadWriterAwaited,
     {"dead-writer-awaited", "failure.robust.within-a-second",
      "a reader waits for the rest of an item whose writer is dead"}},
    {Fault::kDeadSlotsStay,
     {"dead-slots-stay", "failure.robust.slots-return",
      "what a dead process had put and not sent keeps its slots"}},
    {Fault::kDeadTasksStay,
     {"dead-tasks-stay", "failure.robust.tasks-return",
      "join waits for the tasks of what a dead process had put and not sent"}},
};

}  // namespace

std::span<const FaultRow> failure_faults() noexcept { return kTable; }

}  // namespace psq::detail

#endif  // PSQ_FAULTS
