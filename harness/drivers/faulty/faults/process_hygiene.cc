// Faults of what processes leave behind, against spec/process.md.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "effects.h"
#include "faults/tables.h"
#include "item_effects.h"
#include "process_effects.h"
#include "state.h"

namespace psq::faulty {
namespace {

// Longer than any test runs.
constexpr unsigned kLongSeconds = 60;

std::string name_of_own() { return "psq-leak-" + std::to_string(::getpid()); }

void leak_descriptor() {
  if (::open("/dev/null", O_RDONLY | O_CLOEXEC) < 0) std::abort();
}

void leak_memory() {
  const std::string name = "/" + name_of_own();
  const int descriptor = ::shm_open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0 || ::ftruncate(descriptor, 4096) != 0) std::abort();
  if (::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, descriptor, 0) == MAP_FAILED) std::abort();
  ::close(descriptor);
}

void leak_file() {
  std::ofstream(std::filesystem::temp_directory_path() / name_of_own()) << "left\n";
}

void leak_process() {
  if (::fork() != 0) return;
  ::sleep(kLongSeconds);
  ::_exit(0);
}

void leak_thread() {
  std::thread([] { ::sleep(kLongSeconds); }).detach();
}

// Touched, so that it is in memory.
void leak_bytes() {
  constexpr std::size_t kBytes = 300'000;
  static std::vector<std::vector<char>> kept;
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  kept.emplace_back(kBytes, 'x');
}

void leak_ended_child() {
  if (::fork() == 0) ::_exit(0);
}

struct LeavesThread : RightChild {
  using RightChild::RightChild;
  std::optional<int> exit_code() override {
    leak_thread();
    return RightChild::exit_code();
  }
};

struct LeavesBytes : RightChild {
  using RightChild::RightChild;
  std::optional<int> exit_code() override {
    leak_bytes();
    return RightChild::exit_code();
  }
};

struct LeavesDescriptorAtStart : RightChild {
  explicit LeavesDescriptorAtStart(std::unique_ptr<driver::Child> child)
      : RightChild(std::move(child)) {
    leak_descriptor();
  }
};

struct LeavesDescriptorWhenForgotten : RightChild {
  using RightChild::RightChild;
  ~LeavesDescriptorWhenForgotten() override { leak_descriptor(); }
};

struct LeavesDescriptorWhenKilled : RightChild {
  using RightChild::RightChild;
  void kill() override {
    leak_descriptor();
    RightChild::kill();
  }
};

// When a queue goes that was never put to, or one that was.
Effect dropped_queue(bool was_used, void (*leak)()) {
  return all_queues.drop([=](std::unique_ptr<LocalQueue> queue) {
    const auto total = queue->queue_->channel().messages_read();
    if ((total > 0) == was_used) leak();
  });
}

// Gets and puts that ended without an item, after they had waited.
Effect empty_get(void (*leak)()) {
  return queues.get([=](LocalQueue& queue, Timeout timeout) {
    auto item = queue.get(timeout);
    if (!item && timeout.length() > Timeout::Duration::zero()) leak();
    return item;
  });
}

Effect full_put(void (*leak)()) {
  return queues.put([=](LocalQueue& queue, std::string_view item, Timeout timeout) {
    const bool is_put = queue.put(item, timeout);
    if (!is_put && timeout.length() > Timeout::Duration::zero()) leak();
    return is_put;
  });
}

Effect each_queue(void (*leak)()) {
  return create([=](const driver::Creation& creation) {
    if (creation.type != driver::ObjectType::kConnection) leak();
  });
}

}  // namespace

std::vector<Fault> process_hygiene_faults() {
  return {
      fault("leaks-descriptor", "process.hygiene.descriptors",
            "each queue leaves a descriptor open", {each_queue(leak_descriptor)},
            {.also = {"process.hygiene.unused", "process.hygiene.child-descriptors"}}),
      fault("unused-leaks-descriptor", "process.hygiene.unused",
            "a queue that was never used leaves a descriptor open",
            {dropped_queue(false, leak_descriptor)}),
      fault("unused-leaks-thread", "process.hygiene.unused",
            "a queue that was never used leaves a thread", {dropped_queue(false, leak_thread)}),
      fault("leaks-thread", "process.hygiene.objects", "a queue that was used leaves a thread",
            {dropped_queue(true, leak_thread)}),
      fault("leaks-bytes", "process.hygiene.objects", "a queue that was used leaves 300 KB",
            {dropped_queue(true, leak_bytes)}),
      fault("leaks-ended-child", "process.hygiene.objects",
            "a queue that was used leaves a child that has ended",
            {dropped_queue(true, leak_ended_child)}),
      fault("empty-leaks-descriptor", "process.hygiene.calls",
            "a get that ends as empty after a wait leaves a descriptor open",
            {empty_get(leak_descriptor)}),
      fault("full-leaks-thread", "process.hygiene.calls",
            "a put that ends as full after a wait leaves a thread", {full_put(leak_thread)}),
      fault("item-leaks-descriptor", "process.hygiene.calls",
            "every hundredth get leaves a descriptor open",
            {after_get(all_queues,
                       [](LocalQueue&) {
                         if (every(100)) leak_descriptor();
                       })}),
      fault("child-leaks-thread", "process.hygiene.children",
            "the exit code of a child leaves a thread", {children<LeavesThread>()}),
      fault("child-leaks-bytes", "process.hygiene.children",
            "the exit code of a child leaves 300 KB", {children<LeavesBytes>()}),
      fault("started-child-leaks-descriptor", "process.hygiene.child-descriptors",
            "each start of a child leaves a descriptor open",
            {children<LeavesDescriptorAtStart>()}),
      fault("forgotten-child-leaks-descriptor", "process.hygiene.child-descriptors",
            "a child that is forgotten leaves a descriptor open",
            {children<LeavesDescriptorWhenForgotten>()}),
      fault("killed-child-leaks-descriptor", "process.hygiene.child-descriptors",
            "a child that was killed leaves a descriptor open",
            {children<LeavesDescriptorWhenKilled>()}),
      fault("leaks-memory", "process.hygiene.nothing-left", "each queue leaves named shared memory",
            {each_queue(leak_memory)}, {.also = {"process.hygiene.objects"}}),
      fault("leaks-file", "process.hygiene.nothing-left", "each queue leaves a temporary file",
            {each_queue(leak_file)}),
      fault("leaks-process", "process.hygiene.nothing-left", "each queue leaves a process",
            {each_queue(leak_process)},
            {.also = {"process.hygiene.objects", "process.hygiene.unused"}}),
  };
}

}  // namespace psq::faulty
