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
     "one message in a thousand is overtaken by the next"},
    {"large-messages-late", "pipe.order.messages",
     "a message of more than 16 KiB is overtaken by the next"},
    {"message-lost", "pipe.order.messages", "one message in a thousand is not sent"},
    {"message-twice", "pipe.order.messages", "one message in a thousand is sent twice"},
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
    {"wait-misses-fifth", "pipe.wait.ready-subset", "wait looks at four ends and no more"},
    {"last-pending-lost", "pipe.recv.pending-then-end-of-stream",
     "the last message before the end of the stream is lost"},
    {"large-slice-from-start", "pipe.send-bytes.slice",
     "the offset is ignored when there are more than 16 KiB"},
    {"maximum-large-ignored", "pipe.recv-bytes.message-too-long",
     "recv_bytes ignores its maximum for a message of more than 16 KiB"},
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
