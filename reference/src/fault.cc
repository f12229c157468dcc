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
    {"qsize-misses-buffered", "queue.qsize.counts-slots", "qsize is 0 while no item is visible"},
    {"full-misses-buffered", "queue.full.at-bound", "full is false while no item is visible"},
    {"join-thread-wakes-one", "queue.join-thread.second-thread",
     "of several threads in join_thread one is woken"},
    {"exit-flushes-one-queue", "queue.exit.flushes",
     "a process with several queues flushes one of them at its end"},
    {"large-items-unlocked", "queue.many-to-many",
     "items above 128 KiB are written without a lock"},
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
    {"one-way-reversed", "pipe.create.one-way",
     "the first end of a one-way pipe is the one that can send"},
    {"duplex-one-way", "pipe.create.duplex", "the second end of a duplex pipe cannot send"},
    {"recv-direction-unchecked", "pipe.recv.wrong-direction",
     "a receive on a sending end is tried all the same"},
    {"recv-gives-up", "pipe.recv.waits-for-message",
     "a receive with no message there reports the end of the stream"},
    {"messages-swapped", "pipe.order.messages",
     "one message in a hundred is overtaken by the next"},
    {"large-messages-late", "pipe.order.messages",
     "a message of more than 16 KiB is overtaken by the next"},
    {"message-lost", "pipe.order.messages", "one message in a hundred is not sent"},
    {"message-twice", "pipe.order.messages", "one message in a hundred is sent twice"},
    {"messages-joined", "pipe.message.boundaries", "recv_bytes joins two messages that are there"},
    {"empty-not-sent", "pipe.message.empty", "a message of zero bytes is not sent"},
    {"large-message-garbled", "pipe.item.sizes-intact",
     "one byte of a message of more than 1 MiB is changed"},
    {"huge-message-cut", "pipe.item.sizes-intact",
     "the last byte of a message of more than 32 MiB is not sent"},
    {"value-changed", "pipe.item.values-equal", "the last digit of a small value is changed"},
    {"pending-lost", "pipe.recv.pending-then-end-of-stream",
     "what is still there is lost when the other end is gone"},
    {"reset-loses-pending", "pipe.recv.other-end-left-unread",
     "what is still there is lost when the other end left something unread"},
    {"reset-is-corrupted", "pipe.recv.other-end-left-unread",
     "a reset connection is reported as a damaged stream"},
    {"end-of-stream-once", "pipe.recv.end-of-stream-repeats",
     "a second receive at the end of the stream reports damage"},
    {"sigpipe", "pipe.send.broken-pipe", "a send without a receiver ends the process by SIGPIPE"},
    {"broken-pipe-silent", "pipe.send.broken-pipe", "a send without a receiver succeeds"},
    {"poll-eats", "pipe.poll.true-with-message", "a poll that answers true takes the message"},
    {"poll-sleeps-through", "pipe.poll.true-with-message",
     "a poll with a timeout looks only when it is over"},
    {"poll-false-at-end", "pipe.poll.true-at-end-of-stream",
     "a poll at the end of the stream answers false"},
    {"poll-false-at-duplex-end", "pipe.poll.true-at-end-of-stream",
     "a poll at the end of a duplex stream answers false"},
    {"poll-zero-waits", "pipe.poll.zero-at-once", "a poll with timeout zero waits a second"},
    {"poll-raises", "pipe.timed-calls.answer-by-value",
     "a poll whose time is over raises an error"},
    {"maximum-exclusive", "pipe.recv-bytes.message-too-long",
     "a message as long as maxlength is refused"},
    {"negative-maximum-eats", "pipe.recv-bytes.negative-maxlength",
     "a negative maxlength is refused after the message is read"},
    {"negative-maximum-unlimited", "pipe.recv-bytes.negative-maxlength",
     "a negative maxlength is none"},
    {"too-long-closes-both-ways", "pipe.send.after-message-too-long",
     "a duplex end that refused a message is closed"},
    {"into-ignores-offset", "pipe.recv-bytes-into.places-bytes",
     "the message is placed at the begin of the buffer too"},
    {"into-clears-rest", "pipe.recv-bytes-into.places-bytes",
     "the buffer behind the message is zeroed"},
    {"into-counts-room", "pipe.recv-bytes-into.places-bytes",
     "the answer is the room, not the message's length"},
    {"bad-offset-eats", "pipe.recv-bytes-into.bad-offset",
     "a bad offset is refused after the message is read"},
    {"bad-offset-wraps", "pipe.recv-bytes-into.bad-offset",
     "a negative offset counts from the end of the buffer"},
    {"too-short-large-cut", "pipe.recv-bytes-into.too-short",
     "of a large message that does not fit only 64 KiB come"},
    {"slice-size-ignored", "pipe.send-bytes.slice", "the size is ignored when there is an offset"},
    {"slice-unchecked", "pipe.send-bytes.bad-slice",
     "an offset or size that is out of the bytes is cut to them"},
    {"poll-after-close", "pipe.close.operations-closed", "a poll after close answers true"},
    {"send-to-closed-breaks", "pipe.close.operations-closed",
     "a send after close reports that there is no receiver"},
    {"close-twice-hits-stranger", "pipe.close.idempotent",
     "a second close closes what has the descriptor's number by then"},
    {"close-is-global", "pipe.close.local", "a close of a duplex end closes it in all processes"},
    {"close-ends-stream", "pipe.recv.end-of-stream-last-copy",
     "the first close of a duplex end ends its stream"},
    {"close-breaks-pipe", "pipe.send.broken-pipe-last-copy",
     "the first close of a duplex end breaks its pipe"},
    {"always-writable", "pipe.attributes", "every end says that it is writable"},
    {"wait-first-only", "pipe.wait.ready-subset",
     "wait answers the first end that is ready and no other"},
    {"wait-misses-end", "pipe.wait.ready-subset",
     "wait does not count an end of the stream as ready"},
    {"wait-early", "pipe.wait.timeout-empty", "wait gives up after half of its timeout"},
    {"wait-zero-waits", "pipe.wait.zero-at-once", "wait with timeout zero waits a second"},
    {"wait-eats", "pipe.wait.takes-nothing", "wait takes a message of the first end that is ready"},
    {"wait-skips-closed", "pipe.wait.closed-member", "wait leaves closed ends out"},
    {"cut-message-ok", "pipe.recv.cut-message",
     "a message that the end of the stream cuts short is received"},
    {"duplex-takes-turns", "pipe.duplex.both-ways-at-once",
     "a process cannot send while another of its threads receives"},
    {"send-needs-receiver", "pipe.send.small-needs-no-receiver",
     "send waits until the message is read"},
    {"send-drops-when-full", "pipe.send.waits-when-full",
     "a message for which there is no room is dropped"},
    {"unserializable-sent", "pipe.send.not-serializable",
     "an empty message is sent for what cannot be serialized"},
    {"undeserializable-eats-next", "pipe.recv.not-deserializable",
     "with a message that cannot be deserialized the next one is lost"},
    {"poll-takes-nan", "pipe.poll.nan-refused", "a poll takes not-a-number for zero"},
    {"wait-takes-nan", "pipe.wait.nan-refused", "a wait takes not-a-number for zero"},
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
