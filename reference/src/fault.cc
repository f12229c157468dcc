#include "psq/fault.h"

#ifdef PSQ_FAULTS

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
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
    {"put-gives-up", "queue.put.blocks-when-full", "put without a timeout gives up after 100 ms"},
    {"put-late-without-wait", "queue.put.full-at-once", "put that shall not wait waits for 600 ms"},
    {"put-misses-slot", "queue.put.slot-within-timeout",
     "put with a timeout that has begun to wait sees no slot"},
    {"get-gives-up", "queue.get.waits-for-item", "get without a timeout gives up after 100 ms"},
    {"get-late-without-wait", "queue.get.empty-at-once",
     "get that shall not wait waits for 600 ms"},
    {"get-misses-item", "queue.get.item-within-timeout",
     "get with a timeout that has begun to wait sees no item"},
    {"get-loses-rarely", "queue.get.exactly-once", "every 500th item of a thread is thrown away"},
    {"get-duplicates-in-crowd", "queue.many-to-many",
     "an item is given out twice now and then, when several consume"},
    {"threads-batch-apart", "queue.order.threads-of-one-producer",
     "each thread's items go to the buffer in pairs"},
    {"text-garbled", "queue.item.values-equal",
     "bytes above 127 of short items become question marks"},
    {"huge-item-cut", "queue.item.sizes-intact", "the last byte of an item above 4 MiB is lost"},
    {"null-is-empty", "queue.item.none-is-an-item",
     "an item of at most five bytes is taken for none"},
    {"full-one-early", "queue.full.at-bound", "full is true one item too early"},
    {"empty-misses-last", "queue.empty.at-rest", "empty is true with one item in the queue"},
    {"close-again-reopens", "queue.close.idempotent", "close of a closed queue opens it"},
    {"close-again-takes-slot", "queue.close.idempotent", "close of a closed queue takes a slot"},
    {"exit-flush-gives-up", "queue.exit.large-flush",
     "a process that ends waits 1 ms for its items to be taken"},
    {"full-pipe-drops", "queue.exit.flushes", "the feeder drops an item when the channel is full"},
    {"daemon-does-not-flush", "queue.exit.flushes",
     "a daemon that returns leaves its buffers unsent"},
    {"put-infinity-ends", "queue.put.infinite-timeout",
     "put with an infinite timeout gives up after 100 ms"},
    {"get-infinity-ends", "queue.get.infinite-timeout",
     "get with an infinite timeout gives up after 100 ms"},
    {"put-huge-is-zero", "queue.put.huge-timeout",
     "put with a timeout above 20 days does not wait"},
    {"get-huge-is-zero", "queue.get.huge-timeout",
     "get with a timeout above 20 days does not wait"},
    {"put-tiny-is-zero", "queue.put.tiny-timeout", "put counts its timeout in whole milliseconds"},
    {"get-tiny-is-zero", "queue.get.tiny-timeout", "get counts its timeout in whole milliseconds"},
    {"puts-in-line", "queue.put.timeouts-each-own",
     "a timed put of a process counts from the end of the one before"},
    {"gets-in-line", "queue.get.timeouts-each-own",
     "a timed get of a process counts from the end of the one before"},
    {"put-starves", "queue.put.all-waiting-served",
     "a waiting put that another overtook sleeps on"},
    {"get-starves", "queue.get.all-waiting-served",
     "a waiting get that another overtook sleeps on"},
    {"mutual-wait-ends", "queue.wait.mutual", "put and get without a timeout give up after 400 ms"},
    {"get-ends-stream", "queue.get.no-end-of-stream",
     "get on an emptied queue reports an end of stream"},
    {"maxsize-clamped", "queue.create.too-large-refused",
     "a maxsize that is too large becomes the largest"},
    {"largest-refused", "queue.create.largest-accepted", "the largest maxsize is refused"},
    {"bound-races", "queue.create.bound-among-producers",
     "puts at the same moment take the same slot"},
    {"unserializable-takes-slot", "queue.item.unserializable-frees-slot",
     "an item that cannot be serialized takes a slot for ever"},
    {"unserializable-stops-later", "queue.item.unserializable-stops-nothing",
     "after an item that cannot be serialized all others are dropped"},
    {"creator-does-not-flush", "queue.exit.creator-flushes",
     "the process that created the queue does not flush at its end"},
    {"cancel-before-put-forgotten", "queue.cancel-join-thread.any-time",
     "cancel_join_thread before the first put does nothing"},
    {"cancel-after-close-forgotten", "queue.cancel-join-thread.any-time",
     "cancel_join_thread after close does nothing"},
    {"cancel-spares-join-thread", "queue.cancel-join-thread.join-thread-does-not-wait",
     "join_thread waits although it was cancelled"},
    {"join-thread-waits-for-nothing", "queue.join-thread.nothing-put",
     "join_thread waits for ever when nothing was put"},
    {"join-thread-once", "queue.join-thread.repeatable", "a second join_thread is refused"},
    {"close-thread-local", "queue.close.all-threads",
     "put by another thread than the closing one drops the item silently"},
    {"feeder-skips", "queue.exit.immediate-loses-a-suffix", "every 16th item is not sent"},
    {"drop-forgets", "queue.drop.flushes", "items of a queue that was dropped are lost at the end"},
    {"fork-copies-buffer", "queue.fork.buffered-once",
     "a child sends what its parent had buffered"},
    {"join-does-not-wait", "joinable-queue.join.waits-for-tasks", "join returns at once"},
    {"get-is-task-done", "joinable-queue.join.get-alone-does-not-count",
     "a get counts as a finished task"},
    {"task-done-unchecked", "joinable-queue.task-done.too-often",
     "task_done without a task succeeds"},
    {"task-done-after-close", "joinable-queue.close.keeps-tasks", "close disables task_done"},
    {"overflow-unchecked", "joinable-queue.put.count-overflow",
     "the count of unfinished tasks grows beyond its largest"},
    {"simple-put-after-close", "simple-queue.close.operations-closed",
     "put after close still puts"},
    {"simple-get-duplicates", "simple-queue.get.exactly-once",
     "every fourth item is given out twice"},
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

void fault_remember(const std::string& item) {
  if (fault_turn(4)) kept = item;
}

}  // namespace detail
}  // namespace psq

#endif  // PSQ_FAULTS
