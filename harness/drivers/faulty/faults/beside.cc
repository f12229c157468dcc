// Faults of what runs beside something else: a fork, a close, other threads; against
// spec/process.md and spec/queue.md.
#include <sys/prctl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <mutex>
#include <thread>

#include "connection_effects.h"
#include "effects.h"
#include "faults/tables.h"
#include "process_effects.h"
#include "queue_effects.h"
#include "state.h"

namespace psq::faulty {
namespace {

constexpr std::chrono::microseconds kUnderLock{200};

// How many puts of this process are in the middle; a fork copies the number.
std::atomic<int> puts_running{0};
bool child_has_lost_lock = false;

bool put_under_process_lock(LocalQueue& queue, std::string_view item, Timeout timeout) {
  if (child_has_lost_lock) hang();
  ++puts_running;
  std::this_thread::sleep_for(kUnderLock);
  const bool is_put = queue.put(item, timeout);
  --puts_running;
  return is_put;
}

void lose_lock_at_fork(const driver::SpawnOptions&) {
  child_has_lost_lock = puts_running > 0;
  puts_running = 0;
}

std::mutex last_mutex;
std::string last_put;

bool put_remembering(LocalQueue& queue, std::string_view item, Timeout timeout) {
  const bool is_put = queue.put(item, timeout);
  const std::lock_guard lock(last_mutex);
  if (is_put) last_put = item;
  return is_put;
}

void close_repeating_last(LocalQueue& queue) {
  {
    const std::lock_guard lock(last_mutex);
    if (!last_put.empty() && !is_closed(queue)) (void)queue.put(last_put, no_wait);
  }
  queue.close();
}

// Joins of children that meet each other mix up what they learn.
struct CodeLostInCrowd : RightChild {
  using RightChild::RightChild;
  bool join(std::optional<driver::Seconds> timeout) override {
    static std::atomic<int> joining{0};
    lost_ = ++joining > 1;
    const bool ended = RightChild::join(timeout);
    --joining;
    return ended;
  }
  std::optional<int> exit_code() override { return lost_ ? std::nullopt : RightChild::exit_code(); }

 private:
  std::atomic<bool> lost_{false};
};

// What a thread has put to, it takes along when it ends.
bool put_by_mortal(LocalQueue& queue, std::string_view item, Timeout timeout) {
  struct End {
    ~End() { ++process_number(); }
  };
  thread_local End end;
  return queue.put(item, timeout);
}

std::optional<std::string> get_unless_thread_ended(LocalQueue& queue, Timeout timeout) {
  if (process_number() > 0) hang();
  return queue.get(timeout);
}

void die_with_parents_thread(const driver::SpawnOptions&) { ::prctl(PR_SET_PDEATHSIG, SIGKILL); }

void close_standard_descriptors(const driver::SpawnOptions&) {
  for (const int each : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::close(each);
}

// As where a descriptor is asked whether it is there by `if (descriptor)`.
driver::Result closed_when_zero(ConnectionStep& step) {
  const std::optional<std::vector<int>> all = step.object.descriptors();
  if (all && !all->empty() && all->front() == 0) throw Closed("connection");
  return step.proceed();
}

// The library lets its objects have the descriptors 0, 1 and 2.
Effect takes_standard_descriptors() {
  return alter("descriptor.is-standard", [](bool& is_standard) { is_standard = false; });
}

}  // namespace

std::vector<Fault> beside_faults() {
  return {
      fault("fork-loses-lock", "process.objects.while-running",
            "puts of a child that was forked beside a put of its parent wait for ever",
            {queues.put(put_under_process_lock), in_child(lose_lock_at_fork)},
            {.also = {"process.objects.while-blocked"}}),
      fault("exit-code-lost-in-crowd", "process.children.by-several-threads",
            "the exit code of a child is lost when another one is joined at the same time",
            {children<CodeLostInCrowd>()}, {.also = {"process.*"}}),
      fault("close-repeats-last", "queue.close.beside-puts",
            "a close puts the last item of its process once more",
            {queues.put(put_remembering), queues.close(close_repeating_last)},
            {.also = {"queue.close.*"}}),
      fault("thread-takes-queues-along", "process.threads.objects-stay",
            "gets wait for ever once a thread of the process that has put has ended",
            {all_queues.put(put_by_mortal), all_queues.get(get_unless_thread_ended)}),
      fault("thread-takes-children-along", "process.threads.children-stay",
            "a child is killed when the thread that started it ends",
            {in_child(die_with_parents_thread)}),
      fault("child-closes-standard-descriptors", "process.objects.closed-descriptors",
            "objects may have the descriptors 0, 1 and 2, and a child closes these",
            {takes_standard_descriptors(), in_child(close_standard_descriptors)}),
      fault("descriptor-zero-closed", "process.objects.closed-descriptors",
            "an end of a pipe whose descriptor is number 0 counts as closed",
            {takes_standard_descriptors(),
             on({driver::Verb::kSend, driver::Verb::kRecv}, closed_when_zero)}),
  };
}

}  // namespace psq::faulty
