// Faults of the ends of pipes, against spec/pipe.md: creation, close, attributes, and ends that are
// sent through ends.
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "connection_effects.h"
#include "effects.h"
#include "faults/tables.h"
#include "searches.h"

namespace psq::faulty {
namespace {

using driver::Result;
using driver::Verb;
using Access = ConnectionBase::Access;

// Before a close: what else is done to the descriptor, which is -1 when the end is closed already.
Effect before_close(void (*act)(int descriptor)) {
  return arguments_of(Verb::kClose, [=](ConnectionStep& step) { act(step.end().fd()); });
}

void close_number_again(int descriptor) {
  static std::atomic<int> last_closed{-1};
  const int number = last_closed.exchange(descriptor);
  if (descriptor < 0 && number >= 0) ::close(number);
}

// All directions, one operation at a time: a receive that waits keeps all sends of its process out.
std::mutex one_at_a_time;

Effect sends_wait_for_receives() {
  return sending([](Sending& sending) {
    const std::lock_guard lock(one_at_a_time);
    sending.send();
  });
}

Effect receives_keep_sends_out() {
  return receiving([](ConnectionStep& step) {
    {
      const std::lock_guard lock(one_at_a_time);
      (void)step.end().poll(forever);
    }
    return step.proceed();
  });
}

End copy_of(const End& end) {
  const Access access = end.readable() && end.writable() ? Access::kDuplex
                        : end.readable()                 ? Access::kReceives
                                                         : Access::kSends;
  return End(::fcntl(end.fd(), F_DUPFD_CLOEXEC, 0), access);
}

void send_later(TransferStep& step) {
  std::thread([carrier = copy_of(step.carrier), end = copy_of(step.end)]() mutable {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    carrier.send_connection(end);
  }).detach();
}

// The number of the descriptor that was sent last.
std::atomic<int> last_sent{-1};

}  // namespace

std::vector<Fault> pipe_create_faults() {
  return {
      fault("one-way-reversed", "pipe.create.one-way",
            "the first end of a one-way pipe is the one that can send",
            {creating_pipe([](End& first, End& second, bool duplex) {
              if (!duplex) std::swap(first, second);
            })}),
      fault("duplex-one-way", "pipe.create.duplex", "the second end of a duplex pipe cannot send",
            {creating_pipe([](End&, End& second, bool duplex) {
              if (duplex) ::shutdown(second.fd(), SHUT_WR);
            })}),
      fault("duplex-takes-turns", "pipe.duplex.both-ways-at-once",
            "a process cannot send while another of its threads receives",
            {sends_wait_for_receives(), receives_keep_sends_out()},
            {.search = as_loss(in_duplex_pipes({"duplex.both-ways-at-once"}))}),
      fault("always-writable", "pipe.attributes", "every end says that it is writable",
            {on({Verb::kWritable}, [](ConnectionStep&) { return Result::ok(true); })}),
      fault("direction-unchecked", "pipe.send.wrong-direction",
            "a send on a receiving end is tried all the same",
            {on({Verb::kSend, Verb::kSendBytes},
                [](ConnectionStep& step) { return step.proceed_unchecked(); })}),
  };
}

std::vector<Fault> pipe_close_faults() {
  return {
      fault("poll-after-close", "pipe.close.operations-closed", "a poll after close answers true",
            {on({Verb::kPoll},
                [](ConnectionStep& step) {
                  return step.end().closed() ? Result::ok(true) : step.proceed();
                })}),
      fault("send-to-closed-breaks", "pipe.close.operations-closed",
            "a send after close reports that there is no receiver",
            {on({Verb::kSend, Verb::kSendBytes},
                [](ConnectionStep& step) {
                  if (step.end().closed()) throw BrokenPipe();
                  return step.proceed();
                })}),
      fault("close-twice-hits-stranger", "pipe.close.idempotent",
            "a second close closes what has the descriptor's number by then",
            {before_close(close_number_again)}),
      fault("close-is-global", "pipe.close.local",
            "a close of a duplex end closes it in all processes",
            {before_close([](int descriptor) { ::shutdown(descriptor, SHUT_RDWR); })}),
      fault("close-ends-stream", "pipe.recv.end-of-stream-last-copy",
            "the first close of a duplex end ends its stream",
            {before_close([](int descriptor) { ::shutdown(descriptor, SHUT_WR); })},
            {.also = {"pipe.recv.cut-message"}}),
      fault("close-breaks-pipe", "pipe.send.broken-pipe-last-copy",
            "the first close of a duplex end breaks its pipe",
            {before_close([](int descriptor) { ::shutdown(descriptor, SHUT_RD); })}),
  };
}

std::vector<Fault> pipe_send_connection_faults() {
  return {
      fault("sent-end-one-way", "pipe.send-connection.arrives",
            "a duplex end that was sent only receives", {receiving_end([](End end) {
              constexpr auto kReceivesOnly = Access(Access::kReceives | Access::kSocket);
              const bool duplex = end.readable() && end.writable();
              return duplex ? End(::fcntl(end.fd(), F_DUPFD_CLOEXEC, 0), kReceivesOnly)
                            : std::move(end);
            })},
            {.also = {"pipe.send-connection.sender-may-close"}}),
      fault("sent-end-is-moved", "pipe.send-connection.sender-keeps",
            "sending an end closes the sender's own", {sending_end([](TransferStep& step) {
              step.proceed();
              step.end.close();
            })},
            {.also = {"pipe.send-connection.arrives"}}),
      fault("sent-end-leaks", "pipe.send-connection.sender-keeps",
            "a process that obtains an end keeps one more copy of it", {receiving_end([](End end) {
              (void)::fcntl(end.fd(), F_DUPFD_CLOEXEC, 0);
              return end;
            })},
            {.also = {"process.hygiene.descriptors"}}),
      fault("sent-end-needs-sender", "pipe.send-connection.sender-may-close",
            "when the sender closes its own end, the obtained one is closed with it",
            {sending_end([](TransferStep& step) {
               step.proceed();
               last_sent = step.end.fd();
             }),
             before_close([](int descriptor) {
               if (descriptor == last_sent) ::shutdown(descriptor, SHUT_RDWR);
             })}),
      fault("sent-end-late", "pipe.send-connection.in-order",
            "an end is sent a while after send_connection has returned", {sending_end(send_later)}),
  };
}

}  // namespace psq::faulty
