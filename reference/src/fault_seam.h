// The seams of the deliberate faults: one line each, behind `if constexpr (kFaults)`. In the normal
// library nothing of them is compiled.

#ifndef PSQ_SRC_FAULT_SEAM_H_
#define PSQ_SRC_FAULT_SEAM_H_

#include <optional>
#include <string>

namespace psq::detail {

#ifdef PSQ_FAULTS
inline constexpr bool kFaults = true;
#else
inline constexpr bool kFaults = false;
#endif

// In the order of the table in fault.cc.
enum class Fault {
  kPutFullEarly,
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
  kSimplePutAfterClose,
  kSimpleGetDuplicates,
  kSendTruncates,
  kDirectionUnchecked,
  kPollFalseEarly,
  kMaximumIgnored,
  kTooShortTruncates,
  kOneWayReversed,
  kDuplexOneWay,
  kRecvDirectionUnchecked,
  kRecvGivesUp,
  kMessagesSwapped,
  kLargeMessagesLate,
  kMessageLost,
  kMessageTwice,
  kMessagesJoined,
  kEmptyNotSent,
  kLargeMessageGarbled,
  kHugeMessageCut,
  kValueChanged,
  kPendingLost,
  kResetLosesPending,
  kResetIsCorrupted,
  kEndOfStreamOnce,
  kSigpipe,
  kBrokenPipeSilent,
  kPollEats,
  kPollSleepsThrough,
  kPollFalseAtEnd,
  kPollFalseAtDuplexEnd,
  kPollZeroWaits,
  kPollRaises,
  kMaximumExclusive,
  kNegativeMaximumEats,
  kNegativeMaximumUnlimited,
  kTooLongClosesBothWays,
  kIntoIgnoresOffset,
  kIntoClearsRest,
  kIntoCountsRoom,
  kBadOffsetEats,
  kBadOffsetWraps,
  kTooShortLargeCut,
  kSliceSizeIgnored,
  kSliceUnchecked,
  kPollAfterClose,
  kSendToClosedBreaks,
  kCloseTwiceHitsStranger,
  kCloseIsGlobal,
  kCloseEndsStream,
  kCloseBreaksPipe,
  kAlwaysWritable,
  kWaitFirstOnly,
  kWaitMissesEnd,
  kWaitEarly,
  kWaitZeroWaits,
  kWaitEats,
  kWaitSkipsClosed,
  kCutMessageOk,
  kDuplexTakesTurns,
  kSendNeedsReceiver,
  kSendDropsWhenFull,
  kUnserializableSent,
  kUndeserializableEatsNext,
  kPollTakesNan,
  kWaitTakesNan,
  kExitCodePositive,
  kDaemonsLeft,
  kCount,  // Their number; no fault.
};

// Whether this is the fault that was chosen. Like all below, it is defined in the faulty library
// only.
bool fault_is(Fault fault) noexcept;

// True at every n-th call of this thread.
bool fault_turn(int n) noexcept;

// Swaps the first two items of a feeder's buffer. False: there are no two.
bool fault_swap(std::string& buffer);

// Keeps every fourth item that this thread gets, and gives it out again at the next call.
std::optional<std::string> fault_again(Fault fault);
void fault_remember(const std::string& item);

}  // namespace psq::detail

#endif  // PSQ_SRC_FAULT_SEAM_H_
