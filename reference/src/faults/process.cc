#include "src/faults/tables.h"

#ifdef PSQ_FAULTS

namespace psq::detail {
namespace {

constexpr FaultRow kTable[] = {
    {Fault::kExitCodePositive,
     {"exit-code-positive", "process.exit-code.values",
      "the exit code of a killed child is 128 and the number of the signal"}},
    {Fault::kDaemonsLeft,
     {"daemons-left", "process.daemon.ends-with-parent", "daemons outlive their parent"}},
    {Fault::kLeaksDescriptor,
     {"leaks-descriptor", "process.hygiene.descriptors", "each queue leaves a descriptor open"}},
    {Fault::kLeaksMemory,
     {"leaks-memory", "process.hygiene.nothing-left", "each queue leaves named shared memory"}},
    {Fault::kLeaksFile,
     {"leaks-file", "process.hygiene.nothing-left", "each queue leaves a temporary file"}},
    {Fault::kLeaksProcess,
     {"leaks-process", "process.hygiene.nothing-left", "each queue leaves a process"}},
    {Fault::kChildSimpleClosed,
     {"child-simple-closed", "process.objects.every-type", "a simple queue is closed in a child"}},
    {Fault::kGrandchildSimpleClosed,
     {"grandchild-simple-closed", "process.objects.grandchild",
      "a simple queue is closed in a grandchild"}},
    {Fault::kChildKeepsEnds,
     {"child-keeps-ends", "process.objects.only-given",
      "a child keeps copies of all pipes of its parent"}},
    {Fault::kChildInheritsFeeder,
     {"child-inherits-feeder", "process.objects.while-blocked",
      "a child takes its parent's feeder for its own, whose thread it does not have"}},
    {Fault::kDropEndsAll,
     {"drop-ends-all", "process.objects.after-drop",
      "a queue is closed for all when its creator drops it"}},
    {Fault::kExitStatusSigned,
     {"exit-status-signed", "process.exit-code.values",
      "an exit status above 127 is reported as negative"}},
    {Fault::kProcessJoinEarly,
     {"process-join-early", "process.join.timeout-by-value",
      "join of a child gives up after half of its timeout"}},
    {Fault::kProcessJoinZeroWaits,
     {"process-join-zero-waits", "process.join.zero-at-once",
      "join of a child waits for a moment at least"}},
    {Fault::kProcessJoinGivesUp,
     {"process-join-gives-up", "process.join.waits",
      "join of a child without a timeout waits for 100 ms only"}},
    {Fault::kProcessJoinByStarter,
     {"process-join-by-starter", "process.join.any-thread",
      "join of a child answers false at once on a thread that has started none"}},
    {Fault::kTerminateInterrupts,
     {"terminate-interrupts", "process.terminate.ends", "terminate sends SIGINT"}},
    {Fault::kKillTerminates, {"kill-terminates", "process.kill.ends", "kill sends SIGTERM"}},
    {Fault::kSignalAfterEnd,
     {"signal-after-end", "process.terminate.after-end",
      "a signal to a child that has ended changes its exit code"}},
    {Fault::kExitCodesMixed,
     {"exit-codes-mixed", "process.children.several",
      "all ended children have the exit code of the last one"}},
    {Fault::kChildrenLeft,
     {"children-left", "process.exit.waits-for-children",
      "a process does not wait for its children when it ends"}},
    {Fault::kExitWaitsForGetters,
     {"exit-waits-for-getters", "process.exit.blocked-threads",
      "a process does not end while a get waits in it"}},
    {Fault::kExitCloses,
     {"exit-closes", "process.exit.calls-go-on",
      "a process that ends closes its queues before it flushes them"}},
};

}  // namespace

std::span<const FaultRow> process_faults() noexcept { return kTable; }

}  // namespace psq::detail

#endif  // PSQ_FAULTS
