// Who put how many items into a queue, so that what a dead process still had comes back.
//
// A put counts an item, which takes a slot and, in a queue that counts them, a task, before it goes
// to the buffer. The count is one word; which process the last step was for stands in the same
// word, and whoever takes the next step first writes the last one down in that process's account.
// So a process may die at any moment, and its account is still right. The channel counts in the
// account which items have become visible. What a process has counted more than that dies with it:
// it is given back by whoever looks next.
//
// A process lives as long as the feeder thread of its queue holds the lock of its account; that
// tells a dead process from a stopped one, needs no pid, and is known at once.

#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include "src/channel.h"
#include "src/fault_seam.h"
#include "src/robust_lock.h"

namespace psq::detail {

// Lives in shared memory. Any thread of any process may call any method.
class Accounts {
 public:
  // So many processes can put at the same time.
  static constexpr std::size_t kMost = 4096;
  using Id = std::uint32_t;

  Accounts() noexcept { new (&at(0)) Account; }

  // Opens an account, which is the process's until the calling thread leaves or ends. Throws
  // SystemError when there are kMost already.
  [[nodiscard]] Id enter(Channel& channel);
  // By the thread that entered, when no item is on its way from a put to the channel.
  void leave(Id id) noexcept;

  // How many items were ever put and not given back. Wraps around.
  [[nodiscard]] std::uint32_t items() const noexcept { return items_in(word_.load()); }

  // Counts one item if `allowed(items())` is true, which may be called several times, the last one
  // with the number of items just before this one. Returns its last value. By the process that
  // entered, one thread at a time.
  template <typename Allowed>
  bool add(Id id, const Allowed& allowed) noexcept {
    for (;;) {
      Word word = word_.load();
      if (!write_down(word)) continue;
      if (!allowed(items_in(word))) return false;
      if (step(id, word, Step::kPut)) return true;
    }
  }
  // Takes back one that will never become visible.
  void give_back(Id id) noexcept;
  // Whether none was ever given back, so that items() has only grown.
  [[nodiscard]] bool only_grew() const noexcept { return !ever_given_back_.load(); }
  // Takes back those of dead processes, and returns how many. Never waits: what a survivor is just
  // looking at itself is left to it.
  std::uint64_t collect_from_the_dead(Channel& channel);

  // What the channel counts for this process.
  [[nodiscard]] Counter& committed(Id id) noexcept { return at(id).committed; }

 private:
  struct Account {
    alignas(kCacheLine) RobustLock life;
    Counter committed{0};
    alignas(kCacheLine) Counter put{0};
    Counter given_back{0};
  };

  // The number of items, and whose last step it was, which one, and its number, as far as there is
  // room for it: enough to see whether it has been written down.
  using Word = std::uint64_t;
  enum class Step { kPut, kGiveBack };
  static constexpr int kStepBit = 32;
  static constexpr int kIdShift = 33;
  static constexpr int kNumberShift = 45;
  static constexpr Word kNumberMask = (Word{1} << (64 - kNumberShift)) - 1;

  static constexpr std::uint32_t items_in(Word word) noexcept {
    return static_cast<std::uint32_t>(word);
  }
  Counter& counter_of(Word word) noexcept {
    Account& account = at(static_cast<Id>(word >> kIdShift & (kMost - 1)));
    return (word >> kStepBit & 1) == 0 ? account.put : account.given_back;
  }

  bool step(Id id, Word before, Step which) noexcept {
    Counter& counter = which == Step::kPut ? at(id).put : at(id).given_back;
    const std::uint64_t number = counter.load() + 1;
    const std::uint32_t items = which == Step::kPut ? items_in(before) + 1 : items_in(before) - 1;
    const Word after = items | static_cast<Word>(which) << kStepBit | Word{id} << kIdShift |
                       (number & kNumberMask) << kNumberShift;
    if (!word_.compare_exchange_weak(before, after)) return false;
    if constexpr (kFaults) fault_point("item-counted");
    // Nobody else takes steps for this account: whoever was quicker has written the same.
    counter.store(number, std::memory_order_release);
    return true;
  }

  // Sees to it that the last step stands in its account. False: it is not the last one any more.
  bool write_down(Word word) noexcept {
    Counter& counter = counter_of(word);
    std::uint64_t number = counter.load();
    if (word_.load() != word) return false;
    // The step counts from `number` to the next one, or somebody has written it down already.
    if (((number + 1) & kNumberMask) == word >> kNumberShift) {
      counter.compare_exchange_strong(number, number + 1);
    }
    return true;
  }

  Account& at(Id id) noexcept { return reinterpret_cast<Account*>(places_.data())[id]; }
  [[nodiscard]] bool settle(Id id, Channel& channel, std::uint64_t& found);

  std::atomic<Word> word_{0};
  alignas(kCacheLine) RobustLock opening_;  // For those who open the first account in a place.
  std::atomic<std::uint32_t> used_{1};      // Places in which there ever was an account.
  std::atomic<bool> ever_given_back_{false};
  // Not touched before they are needed: so long they cost nothing.
  alignas(Account) std::array<std::byte, kMost * sizeof(Account)> places_;
};

}  // namespace psq::detail
