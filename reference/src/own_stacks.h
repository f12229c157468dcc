// Stacks for the threads that the library starts in the program's processes.
//
// The C library gives each thread 8 MiB in a mapping of its own. That makes the forks of a process
// with many threads slow: the parent copies two mappings and a page table for each stack, and the
// child writes to each stack before it begins, because it takes them over. Stacks that stand side
// by side in one mapping are copied with it, and the C library leaves them alone in the child.

#pragma once

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <mutex>
#include <vector>

#include "src/in_valgrind.h"

namespace psq::detail {

// The stacks of one process, never destroyed. Any thread may call any method. A fork waits until no
// thread is inside. A forked child has all stacks, because it has none of these threads.
class OwnStacks {
 public:
  static OwnStacks& instance() {
    static auto* const stacks = new OwnStacks;
    return *stacks;
  }

  // The bytes of each stack. The page below them cannot be touched.
  [[nodiscard]] static std::size_t size() noexcept { return kEach - page(); }

  // The lowest byte of a stack. Null: the system has no memory for one. Throws std::bad_alloc.
  [[nodiscard]] void* take() {
    const std::lock_guard lock(mutex_);
    if (!left_.empty() && pthread_tryjoin_np(left_.front().thread, nullptr) == 0)
      return first_left().stack;
    if (free_.empty()) map_more();
    if (free_.empty()) return nullptr;
    void* const stack = free_.back();
    free_.pop_back();
    return stack;
  }
  // Of a stack that no thread runs on.
  void give_back(void* stack) noexcept {
    const std::lock_guard lock(mutex_);
    free_.push_back(stack);
  }
  // The calling thread, which no other thread joins, is about to end and leaves its stack. A few
  // that were left keep their memory, for the next threads.
  void leave(void* stack) noexcept {
    std::unique_lock lock(mutex_);
    left_.push_back({pthread_self(), stack});
    if (left_.size() <= kMostLeft) return;
    const Left first = first_left();
    lock.unlock();
    pthread_join(first.thread, nullptr);
    (void)madvise(first.stack, size(), MADV_DONTNEED);
    give_back(first.stack);
  }

 private:
  struct Left {
    pthread_t thread;
    void* stack;
  };

  static constexpr std::size_t kEach = std::size_t{128} << 10;
  static constexpr std::size_t kAtOnce = 16;
  static constexpr std::size_t kMostLeft = 16;
  // MADV_GUARD_INSTALL, which older headers do not have: makes no mapping of its own.
  static constexpr int kInstallGuard = 102;

  OwnStacks() {
    pthread_atfork([] { instance().mutex_.lock(); }, [] { instance().mutex_.unlock(); },
                   [] { instance().begin_in_child(); });
  }

  static std::size_t page() noexcept { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

  // Valgrind does not know of the guards of madvise, reads them, and ends by SIGSEGV.
  static void install_guard(void* guard) noexcept {
    if (is_in_valgrind() || madvise(guard, page(), kInstallGuard) != 0)
      (void)mprotect(guard, page(), PROT_NONE);
  }

  void begin_in_child() noexcept {
    left_.clear();
    free_ = all_;  // It has the capacity.
    mutex_.unlock();
  }

  // With the lock held, as all below.
  Left first_left() noexcept {
    const Left first = left_.front();
    left_.erase(left_.begin());
    return first;
  }

  // No effect: the system has no memory.
  void map_more() {
    const std::size_t many = all_.size() + kAtOnce;
    all_.reserve(many);
    free_.reserve(many);
    left_.reserve(many);
    void* const memory = mmap(nullptr, kAtOnce * kEach, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED) return;
    // One large page would be the memory of many stacks.
    (void)madvise(memory, kAtOnce * kEach, MADV_NOHUGEPAGE);
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      std::byte* const guard = static_cast<std::byte*>(memory) + i * kEach;
      install_guard(guard);
      all_.push_back(guard + page());
      free_.push_back(guard + page());
    }
  }

  std::mutex mutex_;
  // Each has the capacity for all stacks.
  std::vector<void*> all_;
  std::vector<void*> free_;
  std::vector<Left> left_;  // By threads that end now or have ended, the first one first.
};

}  // namespace psq::detail
