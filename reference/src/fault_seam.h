// The seams of the deliberate faults: one line each, behind `if constexpr (kFaults)`. In the normal
// library nothing of them is compiled.

#ifndef PSQ_SRC_FAULT_SEAM_H_
#define PSQ_SRC_FAULT_SEAM_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace psq::detail {

#ifdef PSQ_FAULTS
inline constexpr bool kFaults = true;
#else
inline constexpr bool kFaults = false;
#endif

// What each is stands in the tables under src/faults; the order means nothing.
enum class Fault {
  kPutWaits,
  kPutAfterClose,
  kFullTakesSlot,
  kBoundIgnored,
  kBoundInvented,
  kSlotsNotFreed,
  kGetEmptyEarly,
  kGetDuplicates,
  kGetLoses,
  kGetAfterClose,
  kItemCorrupted,
  kFeederSwaps,
  kCloseForgets,
  kCloseTakesSlot,
  kJoinThreadDoesNotWait,
  kJoinThreadUnchecked,
  kCancelIgnored,
  kExitDoesNotFlush,
  kPutGivesUp,
  kPutLateWithoutWait,
  kPutMissesSlot,
  kGetGivesUp,
  kGetLateWithoutWait,
  kGetMissesItem,
  kGetLosesRarely,
  kGetDuplicatesInCrowd,
  kThreadsBatchApart,
  kTextGarbled,
  kHugeItemCut,
  kNullIsEmpty,
  kFullOneEarly,
  kEmptyMissesLast,
  kCloseAgainReopens,
  kCloseAgainTakesSlot,
  kExitFlushGivesUp,
  kFullPipeDrops,
  kDaemonDoesNotFlush,
  kPutInfinityEnds,
  kGetInfinityEnds,
  kPutHugeIsZero,
  kGetHugeIsZero,
  kPutTinyIsZero,
  kGetTinyIsZero,
  kPutsInLine,
  kGetsInLine,
  kPutStarves,
  kGetStarves,
  kMutualWaitEnds,
  kGetEndsStream,
  kMaxsizeClamped,
  kLargestRefused,
  kBoundRaces,
  kUnserializableTakesSlot,
  kUnserializableStopsLater,
  kCreatorDoesNotFlush,
  kCancelBeforePutForgotten,
  kCancelAfterCloseForgotten,
  kCancelSparesJoinThread,
  kJoinThreadWaitsForNothing,
  kJoinThreadOnce,
  kCloseThreadLocal,
  kFeederSkips,
  kDropForgets,
  kForkCopiesBuffer,
  kQsizeMissesBuffered,
  kFullMissesBuffered,
  kJoinThreadWakesOne,
  kExitFlushesOneQueue,
  kLargeItemsUnlocked,
  kJoinDoesNotWait,
  kGetIsTaskDone,
  kTaskDoneUnchecked,
  kTaskDoneAfterClose,
  kOverflowUnchecked,
  kJoinMissesZero,
  kJoinLate,
  kSecondJoinerForgotten,
  kJoinOnce,
  kJoinForProducersOnly,
  kTaskDoneForGettersOnly,
  kCreditAfterTooOften,
  kTaskDoneAfterGetOnly,
  kCountsLate,
  kOverflowTakesSlot,
  kOverflowDelivers,
  kOverflowLosesTask,
  kTasksFullEarly,
  kTasksFullCounts,
  kTasksBoundPlusOne,
  kSlotFreedByTaskDone,
  kTasksGetGivesUp,
  kTasksGetEmptyEarly,
  kTasksGetLoses,
  kTasksFeederSwaps,
  kTasksItemCorrupted,
  kTasksPutAfterClose,
  kTasksGetAfterClose,
  kTasksExitDoesNotFlush,
  kTasksBrokenDone,
  kTasksBrokenKeepsSlot,
  kSimplePutAfterClose,
  kSimpleGetDuplicates,
  kSimpleLosesOne,
  kSimpleLate,
  kSimpleGetGivesUp,
  kSimpleOvertakes,
  kSimpleLargeOvertaken,
  kSimpleEmptyToOthers,
  kSimpleEmptyAtOne,
  kSimpleDiesWithProducer,
  kSimpleCloseEverywhere,
  kSimpleItemCorrupted,
  kSimpleRendezvous,
  kSimpleLargeGivesUp,
  kSimpleLeavesStump,
  kSimpleDigitMisread,
  kSimpleNullLost,
  kSimpleSecondGetterForgotten,
  kSimpleCloseToggles,
  kSimpleExitLoses,
  kSimpleChildSkips,
  kSimpleBrokenStays,
  kPutTakesNan,
  kGetTakesNan,
  kBrokenStays,
  kSlotTakenAhead,
  kKilledSwaps,
  kKilledGetAgain,
  kKilledSimpleTorn,
  kKilledSimpleLate,
  kPutterHoldsPlace,
  kWritersByTicket,
  kGetterBehindServed,
  kDeadGetterServed,
  kDeadReaderRest,
  kGetIsDoneForNow,
  kOneLockForAll,
  kTerminatedTorn,
  kLateGetLoses,
  kLateFeederLoses,
  kMomentTorn,
  kStoppedGetLoses,
  kDeadReaderBlocks,
  kDeadWriterAwaited,
  kDeadSlotsStay,
  kDeadTasksStay,
  kRareFullEarly,
  kRareEmptyEarly,
  kRareGetTwice,
  kRareGetLoses,
  kRareItemGarbled,
  kRareQsize,
  kRareTaskDoneLost,
  kRareJoinEarly,
  kRareSimpleSwaps,
  kRareSimpleTwice,
  kRareSimpleLoses,
  kRareSimpleEmpty,
  kRareSimpleTorn,
  kCount,  // Their number; no fault.
};

// Whether this is the fault that was chosen. Like all below, it is defined in the faulty library
// only.
bool fault_is(Fault fault) noexcept;

// Whether any was chosen.
bool fault_chosen() noexcept;

// A moment that has a name. If it was chosen by set_death_point, the process dies in it.
void fault_point(std::string_view name) noexcept;

// True at every n-th call of this thread.
bool fault_turn(int n) noexcept;

// Swaps the first two items of a feeder's buffer. False: there are no two.
bool fault_swap(std::string& buffer);

// Keeps every fourth item that this thread gets, and gives it out again at the next call.
std::optional<std::string> fault_again(Fault fault);
void fault_remember(const std::string& item, int every = 4);

// What a SimpleQueue sends instead of this item, with a fault that keeps items back for later.
std::optional<std::vector<std::string>> fault_delayed(const std::string& item);

// Numbers that faults keep: one that all processes share, and one of each process, zero at its
// start.
std::atomic<std::int64_t>& fault_shared() noexcept;
std::atomic<std::int64_t>& fault_own() noexcept;

// Around all writing to channels: one lock for all that dies with its holder, or writers that are
// served in the order in which they came.
void fault_enter_send();
void fault_leave_send() noexcept;

// Never returns.
void fault_hang() noexcept;

// Whether the lock that this thread took last was left by a dead holder.
bool& fault_from_the_dead() noexcept;

}  // namespace psq::detail

#endif  // PSQ_SRC_FAULT_SEAM_H_
