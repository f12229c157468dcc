// Faults of the begin and the end of processes, against spec/process.md.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <new>
#include <thread>

#include "effects.h"
#include "faults/tables.h"
#include "process_effects.h"
#include "src/clock.h"
#include "src/process_state.h"
#include "src/queue_memory.h"
#include "state.h"

namespace psq::faulty {
namespace {

using detail::ProcessState;
using detail::QueueMemory;
using detail::SharedMemory;
using driver::SpawnOptions;

// In a child: copies all pipes that the parent has.
void keep_ends(const SpawnOptions&) {
  constexpr int kSome = 100;
  for (int each = STDERR_FILENO + 1; each < kSome; ++each) {
    struct stat about {};
    if (::fstat(each, &about) == 0 && S_ISFIFO(about.st_mode)) (void)::fcntl(each, F_DUPFD, kSome);
  }
}

void close_simple_queues() {
  for (const auto* feeder : ProcessState::instance().feeders_)
    if ((*feeder)->queue_->kind() == QueueKind::kSimple) (*feeder)->close();
}

void close_simple_queues_of_grandchild(const SpawnOptions&) {
  static int generation = 0;
  if (++generation > 1) close_simple_queues();
}

// A feeder that has a thread in the parent counts on it in the child too.
void leave_without_thread(detail::Feeder& feeder) {
  using Thread = detail::Feeder::Thread;
  if (feeder.thread_ != Thread::kNone) feeder.thread_ = Thread::kBusy;
}

// Queues that were there before every child, and how many of them this process has taken.
struct Prepared {
  explicit Prepared(QueueKind kind) {
    for (auto& each : memory) {
      each = std::make_shared<SharedMemory>(sizeof(QueueMemory) + detail::Channel::kCapacity);
      new (each->data()) QueueMemory(CoreOptions{.kind = kind});
    }
  }
  std::array<std::shared_ptr<SharedMemory>, 2> memory;
  std::size_t taken = 0;
};

// The first queue that a child creates is the first one that its sibling creates.
Effect same_in_siblings(QueueKind kind) {
  return [kind](Behaviour& behaviour) {
    const auto take = [kind, root = getpid(), prepared = std::make_shared<Prepared>(kind)](
                          std::unique_ptr<detail::QueueCore>& core, const CoreOptions& options) {
      if (options.kind != kind || getpid() == root) return;
      if (prepared->taken == prepared->memory.size()) return;
      core = std::make_unique<LocalQueue>(prepared->memory[prepared->taken++]);
    };
    alter("core", take)(behaviour);
  };
}

// Counts the gets of this process that wait.
std::optional<std::string> counted_get(LocalQueue& queue, Timeout timeout) {
  process_number()++;
  const std::shared_ptr<void> leave(nullptr, [](void*) { process_number()--; });
  return queue.get(timeout);
}

void wait_for_getters() {
  while (process_number() > 0) std::this_thread::sleep_for(detail::kLookAgain);
}

// Whether a handler that was registered by the first put has run: before the library's own.
bool program_ends() {
  static bool ends = false;
  [[maybe_unused]] static const int registered = std::atexit([] { ends = true; });
  return ends;
}

bool put_unless_program_ends(LocalQueue& queue, std::string_view item, Timeout timeout) {
  return program_ends() || queue.put(item, timeout);
}

// What a put into a buffer does that no thread sends any more.
bool put_to_nobody(LocalQueue& queue, std::string_view item, Timeout timeout) {
  return ProcessState::instance().end_ == ProcessState::End::kFinished || queue.put(item, timeout);
}

}  // namespace

std::vector<Fault> process_life_faults() {
  return {
      fault("child-keeps-ends", "process.objects.only-given",
            "a child keeps copies of all pipes of its parent", {in_child(keep_ends)}),
      fault("child-simple-closed", "process.objects.every-type",
            "a simple queue is closed in a child",
            {in_child([](const SpawnOptions&) { close_simple_queues(); })},
            {.also = {"process.objects.*"}}),
      fault("child-ends-at-start", "process.objects.every-type",
            "a child ends while it takes over what it is given",
            {in_child([](const SpawnOptions&) { ::_exit(1); })}, {.also = {"process.*"}}),
      fault("grandchild-simple-closed", "process.objects.grandchild",
            "a simple queue is closed in a grandchild",
            {in_child(close_simple_queues_of_grandchild)},
            {.also = {"process.objects.made-by-child"}}),
      fault("siblings-share-queue", "process.objects.made-by-child",
            "two children that create a queue each have the same one",
            {same_in_siblings(QueueKind::kPlain)}),
      fault("siblings-share-joinable", "process.objects.made-by-child",
            "two children that create a joinable queue each have the same one",
            {same_in_siblings(QueueKind::kJoinable)}),
      fault("siblings-share-simple", "process.objects.made-by-child",
            "two children that create a simple queue each have the same one",
            {same_in_siblings(QueueKind::kSimple)}),
      fault("child-inherits-feeder", "process.objects.while-blocked",
            "a child takes its parent's feeder for its own, whose thread it does not have",
            {in_child([](const SpawnOptions&) { keep_parents_feeders(leave_without_thread); })},
            {.also = {"process.objects.closed-descriptors", "process.objects.made-by-child",
                      "process.objects.while-running"}}),
      fault("drop-ends-all", "process.objects.after-drop",
            "a queue is closed for all when its creator drops it",
            {queues.drop([](std::unique_ptr<LocalQueue>) { shared_number() = 1; }),
             queues.put([](LocalQueue& queue, std::string_view item, Timeout timeout) {
               if (shared_number() > 0) throw Closed("queue");
               return queue.put(item, timeout);
             })}),
      fault("daemons-left", "process.daemon.ends-with-parent", "daemons outlive their parent",
            {forgotten_at_end([](const SpawnOptions& options) { return options.daemon; }),
             alter("daemon.watches-parent", [](bool& watches) { watches = false; })},
            {.also = {"process.daemon.unflushed-lost"}}),
      fault("children-left", "process.exit.waits-for-children",
            "a process does not wait for its children when it ends",
            {forgotten_at_end([](const SpawnOptions& options) { return !options.daemon; })}),
      fault("exit-waits-for-getters", "process.exit.blocked-threads",
            "a process does not end while a get waits in it",
            {all_queues.get(counted_get), flushes_at_exit([](Feeders&) { wait_for_getters(); })},
            {.also = {"process.exit.calls-go-on"}}),
      fault("exit-closes", "process.exit.calls-go-on",
            "a process that ends closes its queues before it flushes them",
            {flushes_at_exit([](Feeders& feeders) {
              for (const auto& feeder : feeders) feeder->close();
            })}),
      fault("exit-drops-early-puts", "process.exit.calls-before",
            "a put in a function that the program registered for its end drops its item",
            {all_queues.put(put_unless_program_ends)}, {.also = {"process.exit.items-after"}}),
      fault("late-put-hangs", "process.exit.calls-after",
            "a put waits for ever when the library has ended its thread",
            {alter("put.directly", [](bool& directly) { directly = false; })},
            {.also = {"process.exit.items-after"}}),
      fault("late-put-lost", "process.exit.items-after",
            "a put leaves its item in the buffer when the library has ended its thread",
            {queues.put(put_to_nobody)}),
  };
}

}  // namespace psq::faulty
