#include "psq/fault.h"

#ifdef PSQ_FAULTS

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "psq/error.h"
#include "src/fault_seam.h"
#include "src/history_faults.h"

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
    {"put-takes-nan", "queue.put.nan-refused", "a put takes not-a-number for zero"},
    {"get-takes-nan", "queue.get.nan-refused", "a get takes not-a-number for zero"},
    {"broken-stays", "queue.get.not-deserializable",
     "an item that cannot be made into a value is obtained a second time"},
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
    {"leaks-descriptor", "process.hygiene.descriptors", "each queue leaves a descriptor open"},
    {"leaks-memory", "process.hygiene.nothing-left", "each queue leaves named shared memory"},
    {"leaks-file", "process.hygiene.nothing-left", "each queue leaves a temporary file"},
    {"leaks-process", "process.hygiene.nothing-left", "each queue leaves a process"},
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

std::vector<FaultInfo> all_faults() {
  std::vector<FaultInfo> all(std::begin(kTable), std::end(kTable));
  const auto rare = detail::history_faults();
  all.insert(all.end(), rare.begin(), rare.end());
  if (all.size() != static_cast<std::size_t>(detail::Fault::kCount))
    throw std::logic_error("the faults and their tables differ");
  return all;
}

constexpr int kNone = -1;
std::atomic<int> chosen{kNone};

}  // namespace

std::span<const FaultInfo> faults() {
  static const std::vector<FaultInfo> all = all_faults();
  return all;
}

void set_fault(std::string_view name) {
  if (name.empty()) {
    chosen = kNone;
    return;
  }
  const auto all = faults();
  const auto found = std::ranges::find(all, name, &FaultInfo::name);
  if (found == all.end()) {
    std::string known;
    for (const FaultInfo& fault : all) known.append("\n  ").append(fault.name);
    throw InvalidArgument("no fault is named '" + std::string(name) + "'; the faults are:" + known);
  }
  chosen = static_cast<int>(found - all.begin());
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

void fault_undecodable(const std::string& bytes) {
  if (fault_is(Fault::kBrokenStays)) fault_remember(bytes, 1);
}

void fault_remember(const std::string& item, int every) {
  if (fault_turn(every)) kept = item;
}

}  // namespace detail
}  // namespace psq

#endif  // PSQ_FAULTS
