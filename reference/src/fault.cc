#include "psq/fault.h"

#ifdef PSQ_FAULTS

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "psq/error.h"
#include "src/fault_seam.h"

namespace psq {
namespace {

constexpr FaultInfo kTable[] = {
    {"put-full-early", "queue.put.full-after-timeout", "put gives up after half of its timeout"},
    {"put-waits", "queue.put.returns-without-consumer",
     "put writes to the channel itself and waits for room there"},
    {"put-after-close", "queue.close.put-closed", "put after close drops the item silently"},
    {"full-takes-slot", "queue.put.full-leaves-no-trace", "a put that is Full takes a slot"},
    {"bound-ignored", "queue.create.bound", "maxsize bounds nothing"},
    {"bound-invented", "queue.create.unbounded", "a queue without a bound holds 64 items"},
    {"slots-not-freed", "queue.qsize.counts-slots", "a get frees no slot"},
    {"get-empty-early", "queue.get.empty-after-timeout", "get gives up after half of its timeout"},
    {"get-duplicates", "queue.get.exactly-once", "every fourth item is given out twice"},
    {"get-loses", "queue.get.exactly-once", "every fourth item is thrown away"},
    {"get-after-close", "queue.close.get-closed", "get after close reports Empty"},
    {"item-corrupted", "queue.item.sizes-intact", "the last byte of a long item is changed"},
    {"feeder-swaps", "queue.order.per-producer", "the feeder swaps two neighbours now and then"},
    {"close-forgets", "queue.close.flushes", "close throws the buffered items away"},
    {"close-takes-slot", "queue.close.local", "close takes a slot for ever"},
    {"join-thread-does-not-wait", "queue.join-thread.waits-for-flush",
     "join_thread returns at once"},
    {"join-thread-unchecked", "queue.join-thread.before-close",
     "join_thread before close returns at once"},
    {"cancel-ignored", "queue.cancel-join-thread.exit-does-not-wait",
     "cancel_join_thread does nothing"},
    {"exit-does-not-flush", "queue.exit.flushes", "a process that ends leaves its buffers unsent"},
    {"join-does-not-wait", "joinable-queue.join.waits-for-tasks", "join returns at once"},
    {"get-is-task-done", "joinable-queue.join.get-alone-does-not-count",
     "a get counts as a finished task"},
    {"task-done-unchecked", "joinable-queue.task-done.too-often",
     "task_done without a task succeeds"},
    {"task-done-after-close", "joinable-queue.close.keeps-tasks", "close disables task_done"},
    {"overflow-unchecked", "joinable-queue.put.count-overflow",
     "the count of unfinished tasks grows beyond its largest"},
    {"join-misses-zero", "joinable-queue.join.returns-at-zero",
     "join waits for the count to come to zero, also when it is zero"},
    {"join-late", "joinable-queue.join.returns-at-zero", "join takes half a second"},
    {"second-joiner-forgotten", "joinable-queue.join.releases-all",
     "a second join in one process is never released"},
    {"join-once", "joinable-queue.join.again-after-zero",
     "join does not wait any more once the count has been zero"},
    {"join-for-producers-only", "joinable-queue.join.every-producer",
     "join waits only in processes that have put something"},
    {"task-done-for-getters-only", "joinable-queue.task-done.any-process",
     "task_done counts only in processes that have obtained something"},
    {"credit-after-too-often", "joinable-queue.task-done.usable-after-too-often",
     "a task_done too many makes the next put uncounted"},
    {"task-done-after-get-only", "joinable-queue.task-done.before-get",
     "task_done is refused when every item obtained has been done"},
    {"counts-late", "joinable-queue.task-done.at-once-after-get",
     "one put in fifty is counted after its item is visible"},
    {"overflow-takes-slot", "joinable-queue.put.overflow-without-effect",
     "a put that is refused by the count keeps its slot"},
    {"overflow-delivers", "joinable-queue.put.overflow-without-effect",
     "the item of a put that is refused by the count is delivered"},
    {"overflow-loses-task", "joinable-queue.put.overflow-without-effect",
     "a put that is refused by the count takes one from it"},
    {"tasks-full-early", "joinable-queue.put.full-after-timeout",
     "put gives up after half of its timeout"},
    {"tasks-full-counts", "joinable-queue.put.full-after-timeout",
     "a put that is Full counts as a task"},
    {"tasks-bound-plus-one", "joinable-queue.create.bound", "a joinable queue has a slot too many"},
    {"slot-freed-by-task-done", "joinable-queue.put.slot-freed-by-get",
     "task_done frees the slot, not get"},
    {"tasks-get-gives-up", "joinable-queue.get.waits-for-item",
     "get without a timeout waits for 50 ms only"},
    {"tasks-get-empty-early", "joinable-queue.get.empty-after-timeout",
     "get gives up after half of its timeout"},
    {"tasks-get-loses", "joinable-queue.get.exactly-once",
     "one item in five hundred is thrown away"},
    {"tasks-feeder-swaps", "joinable-queue.order.per-producer",
     "the feeder swaps two neighbours now and then"},
    {"tasks-item-corrupted", "joinable-queue.item.sizes-intact",
     "the last byte of an item of more than 1 MiB is changed"},
    {"tasks-put-after-close", "joinable-queue.close.operations-closed",
     "put after close drops the item silently"},
    {"tasks-get-after-close", "joinable-queue.close.operations-closed",
     "get after close reports Empty"},
    {"tasks-exit-does-not-flush", "joinable-queue.exit.flushes",
     "a process that ends leaves its buffers unsent"},
    {"tasks-broken-done", "joinable-queue.get.not-deserializable",
     "a get finishes the task of its item, whole or broken"},
    {"tasks-broken-keeps-slot", "joinable-queue.get.not-deserializable",
     "a get leaves the slot to task_done, whole or broken"},
    {"simple-put-after-close", "simple-queue.close.operations-closed",
     "put after close still puts"},
    {"simple-get-duplicates", "simple-queue.get.exactly-once",
     "every fourth item is given out twice"},
    {"simple-loses-one", "simple-queue.get.exactly-once", "the five-hundredth item is thrown away"},
    {"simple-late", "simple-queue.put.visible-on-return",
     "every tenth item stays in the process until its next put"},
    {"simple-get-gives-up", "simple-queue.get.waits-for-item", "get waits for 50 ms only"},
    {"simple-overtakes", "simple-queue.order.fifo",
     "every tenth item is overtaken by the next one of its process"},
    {"simple-large-overtaken", "simple-queue.order.fifo",
     "a large item is overtaken by the next one of its process"},
    {"simple-empty-to-others", "simple-queue.empty.exact",
     "empty answers true in processes that have put nothing"},
    {"simple-empty-at-one", "simple-queue.empty.exact",
     "empty answers true while one item is left"},
    {"simple-dies-with-producer", "simple-queue.put.survives-producer",
     "every tenth item dies with its producer, unless that puts another"},
    {"simple-close-everywhere", "simple-queue.close.local",
     "a close closes the queue in all processes"},
    {"simple-item-corrupted", "simple-queue.item.sizes-intact",
     "the last byte of an item of more than 1 MiB is changed"},
    {"simple-rendezvous", "simple-queue.put.small-at-once", "put waits until its item is obtained"},
    {"simple-large-gives-up", "simple-queue.put.large-later-consumer",
     "a put that waits for room gives up after 100 ms"},
    {"simple-leaves-stump", "simple-queue.put.not-serializable",
     "an item that cannot be serialized leaves an empty one behind"},
    {"simple-digit-misread", "simple-queue.item.values-equal",
     "a digit of a short item is misread"},
    {"simple-null-lost", "simple-queue.item.null-is-an-item", "the shortest items are lost"},
    {"simple-second-getter-forgotten", "simple-queue.get.all-served",
     "a get that begins while another one of its process waits never ends"},
    {"simple-close-toggles", "simple-queue.close.idempotent",
     "a second close opens the queue again"},
    {"simple-exit-loses", "simple-queue.exit.items-remain",
     "every tenth item is lost when its process ends without another put"},
    {"simple-child-skips", "simple-queue.put.visible-to-later-child",
     "what was there before a process got its first item is thrown away"},
    {"simple-broken-stays", "simple-queue.get.not-deserializable",
     "an item stays for one more get"},
    {"send-truncates", "pipe.item.sizes-intact", "the last byte of a long message is not sent"},
    {"direction-unchecked", "pipe.send.wrong-direction",
     "a send on a receiving end is tried all the same"},
    {"poll-false-early", "pipe.poll.false-after-timeout", "poll waits half of its timeout"},
    {"maximum-ignored", "pipe.recv-bytes.message-too-long", "recv_bytes ignores its maximum"},
    {"too-short-truncates", "pipe.recv-bytes-into.too-short",
     "a message that does not fit is cut without an error"},
    {"exit-code-positive", "process.exit-code.values",
     "the exit code of a killed child is 128 and the number of the signal"},
    {"daemons-left", "process.daemon.ends-with-parent", "daemons outlive their parent"},
    {"child-simple-closed", "process.objects.every-type", "a simple queue is closed in a child"},
    {"grandchild-simple-closed", "process.objects.grandchild",
     "a simple queue is closed in a grandchild"},
    {"child-keeps-ends", "process.objects.only-given",
     "a child keeps copies of all pipes of its parent"},
    {"child-inherits-feeder", "process.objects.while-blocked",
     "a child takes its parent's feeder for its own, whose thread it does not have"},
    {"drop-ends-all", "process.objects.after-drop",
     "a queue is closed for all when its creator drops it"},
    {"exit-status-signed", "process.exit-code.values",
     "an exit status above 127 is reported as negative"},
    {"process-join-early", "process.join.timeout-by-value",
     "join of a child gives up after half of its timeout"},
    {"process-join-zero-waits", "process.join.zero-at-once",
     "join of a child waits for a moment at least"},
    {"process-join-gives-up", "process.join.waits",
     "join of a child without a timeout waits for 100 ms only"},
    {"process-join-by-starter", "process.join.any-thread",
     "join of a child answers false at once on a thread that has started none"},
    {"terminate-interrupts", "process.terminate.ends", "terminate sends SIGINT"},
    {"kill-terminates", "process.kill.ends", "kill sends SIGTERM"},
    {"signal-after-end", "process.terminate.after-end",
     "a signal to a child that has ended changes its exit code"},
    {"exit-codes-mixed", "process.children.several",
     "all ended children have the exit code of the last one"},
    {"children-left", "process.exit.waits-for-children",
     "a process does not wait for its children when it ends"},
    {"exit-waits-for-getters", "process.exit.blocked-threads",
     "a process does not end while a get waits in it"},
    {"slot-taken-ahead", "failure.kill.idle-holder-harmless",
     "the first put of a process takes a slot for the next one, too"},
    {"killed-torn", "failure.kill.what-arrives-is-whole",
     "what is there of a message whose writer is dead is given out"},
    {"killed-swaps", "failure.kill.what-arrives-is-whole",
     "the feeder swaps two neighbours now and then"},
    {"killed-get-again", "failure.kill.consumer-no-duplicate",
     "every hundredth item is given out twice"},
    {"killed-simple-torn", "failure.kill.simple-queue-what-arrives-is-whole",
     "what is there of a message whose writer is dead is given out"},
    {"killed-simple-late", "failure.kill.simple-queue-what-arrives-is-whole",
     "every other item stays in the process until its next put"},
    {"killed-send-late", "failure.kill.pipe-end-of-stream",
     "every tenth message of a process is lost"},
    {"killed-reader-unnoticed", "failure.kill.pipe-broken", "a send without a reader ends as ok"},
    {"putter-holds-place", "failure.kill.waiting-putter-harmless",
     "a put that waits holds a place in the queue already"},
    {"writers-by-ticket", "failure.kill.waiting-writer-harmless",
     "writers are served in the order of their tickets, the dead as well"},
    {"getter-behind-served", "failure.kill.getter-behind-harmless",
     "every other item goes to a get that was killed while it waited"},
    {"dead-getter-served", "failure.kill.waiting-getter-loses-nothing",
     "every other item goes to a get that was killed while it waited"},
    {"dead-reader-rest", "failure.kill.reader-in-message",
     "what a dead reader left of a message is given out"},
    {"get-is-done-for-now", "failure.kill.task-remains",
     "a get finishes the task, and task_done does nothing"},
    {"one-lock-for-all", "failure.kill.other-objects-unharmed",
     "all queues write under one lock, which dies with its holder"},
    {"terminated-torn", "failure.terminate.what-arrives-is-whole",
     "what is there of a message whose writer is dead is given out"},
    {"late-get-loses", "failure.stop.consumer-continues",
     "a get that has waited for 100 ms loses its item"},
    {"late-feeder-loses", "failure.stop.producer-continues",
     "a feeder that was held up for 100 ms loses an item"},
};

static_assert(std::size(kTable) == static_cast<std::size_t>(detail::Fault::kCount));

constexpr int kNone = -1;
std::atomic<int> chosen{kNone};

}  // namespace

std::span<const FaultInfo> faults() noexcept {
  return kTable;
}

void set_fault(std::string_view name) {
  if (name.empty()) {
    chosen = kNone;
    return;
  }
  const auto* found = std::ranges::find(kTable, name, &FaultInfo::name);
  if (found == std::end(kTable)) {
    std::string known;
    for (const FaultInfo& fault : kTable) known.append("\n  ").append(fault.name);
    throw InvalidArgument("no fault is named '" + std::string(name) + "'; the faults are:" + known);
  }
  chosen = static_cast<int>(found - std::begin(kTable));
}

namespace detail {

bool fault_is(Fault fault) noexcept {
  return chosen.load() == static_cast<int>(fault);
}

bool fault_turn(int n) noexcept {
  thread_local int calls = 0;
  return ++calls % n == 0;
}

bool fault_swap(std::string& buffer) {
  const auto item_end = [&](std::size_t begin) {
    std::size_t length = 0;
    if (begin + sizeof length > buffer.size()) return std::string::npos;
    std::memcpy(&length, buffer.data() + begin, sizeof length);
    return begin + sizeof length + length;
  };
  const std::size_t first_end = item_end(0);
  const std::size_t second_end = first_end == std::string::npos ? first_end : item_end(first_end);
  if (second_end == std::string::npos) return false;
  const auto at = [&](std::size_t offset) {
    return buffer.begin() + static_cast<std::ptrdiff_t>(offset);
  };
  std::rotate(at(0), at(first_end), at(second_end));
  return true;
}

namespace {

thread_local std::optional<std::string> kept;

}  // namespace

std::optional<std::string> fault_again(Fault fault) {
  return fault_is(fault) ? std::exchange(kept, std::nullopt) : std::nullopt;
}

void fault_remember(const std::string& item, int every) {
  if (fault_turn(every)) kept = item;
}

}  // namespace detail
}  // namespace psq

#endif  // PSQ_FAULTS
