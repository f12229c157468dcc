#include "src/feeder.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "psq/error.h"
#include "src/fault_queue.h"
#include "src/fault_seam.h"

namespace psq::detail {
namespace {

// Blocks of the buffer have room for so much, or for one item. They are kept for the next items up
// to so much in all: memory that has to come from the system costs more than the copy into it.
constexpr std::size_t kBlock = std::size_t{60} << 10;
constexpr std::size_t kMostSpare = std::size_t{6} << 20;

// A put of a long item lets the feeder catch up while plenty is buffered, for so much time and no
// longer: about as much as new memory for the item would cost.
constexpr std::size_t kPlenty = std::size_t{4} << 20;
constexpr std::size_t kLong = std::size_t{256} << 10;
constexpr std::chrono::nanoseconds catch_up_time(std::size_t length) {
  return std::chrono::nanoseconds(length / 2);
}

// Signals are for the program's own threads: new threads inherit the mask.
class AllSignalsBlocked {
 public:
  AllSignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~AllSignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  AllSignalsBlocked(const AllSignalsBlocked&) = delete;
  AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

Feeder::Put::Put(Feeder& feeder) : feeder_(feeder) {
  ++feeder_.puts_;  // Before the look at closed_: whoever closes waits for one of the two.
  try {
    if (feeder_.closed_) throw Closed("queue");
    if (!feeder_.entered_) feeder_.start();
  } catch (...) {
    --feeder_.puts_;
    throw;
  }
}

bool Feeder::add(std::string_view item) {
  std::unique_lock lock(mutex_);
  if (item.size() > kLong && buffered_ > kPlenty) {
    caught_up_.wait_for(lock, catch_up_time(item.size()),
                        [&] { return buffered_ <= kPlenty || closed_; });
  }
  if (closed_) return false;
  if (idle_ && buffer_.empty() && !(kFaults && fault_chosen()) &&
      queue_->channel().try_send(item, &queue_->accounts().committed(account_))) {
    return true;
  }
  const std::size_t length = item.size();
  std::string& block = block_for(sizeof length + length);  // So that nothing below throws.
  block.append(reinterpret_cast<const char*>(&length), sizeof length);
  block.append(item);
  buffered_ += sizeof length + length;
  if constexpr (kFaults) fault_point("item-buffered");
  if (idle_) work_.notify_one();
  return true;
}

// The last block, or a new one behind it, with room for so much.
std::string& Feeder::block_for(std::size_t size) {
  if (!buffer_.empty() && buffer_.back().capacity() - buffer_.back().size() >= size) {
    return buffer_.back();
  }
  const auto fits = [&](const std::string& spare) { return spare.capacity() >= size; };
  const auto found = std::ranges::find_if(spare_, fits);
  std::string block;
  if (found != spare_.end()) {
    block = std::move(*found);
    spare_size_ -= block.capacity();
    spare_.erase(found);
  }
  block.reserve(std::max(size, kBlock));
  return buffer_.emplace_back(std::move(block));
}

// Starts the thread, if nobody has, and waits until it has an account.
void Feeder::start() {
  std::unique_lock lock(mutex_);
  if (closed_) throw Closed("queue");
  if (!started_) {
    const AllSignalsBlocked blocked;
    try {
      std::thread([self = shared_from_this()] { self->run(); }).detach();
    } catch (const std::system_error& error) {
      throw SystemError("cannot start the feeder thread of a queue", error.code().value());
    }
    started_ = true;
  }
  done_.wait(lock, [&] { return entered_ || !started_; });
  if (!started_) throw SystemError("too many processes put into one queue", EAGAIN);
}

// Opens the account. False: it can not be, and there will be no thread.
bool Feeder::enter() {
  bool entered = false;
  Accounts::Id id = 0;
  try {
    id = queue_->accounts().enter(queue_->channel());
    entered = true;
  } catch (const SystemError&) {
    // There are too many. The puts that wait for this say so.
  }
  const std::lock_guard lock(mutex_);
  account_ = id;
  entered_ = entered;
  started_ = entered;
  done_.notify_all();
  return entered;
}

void Feeder::run() {
  if (!enter()) return;
  Blocks batch;
  while (next_batch(batch)) {
    for (std::string& block : batch) {
      send_all(block);
      recycle(block);
    }
  }
  finish();
  // Those puts that have found it closed only after they were counted give back by themselves.
  while (puts_ > 0) std::this_thread::sleep_for(kLookAgain / 10);
  queue_->accounts().leave(account_);
}

void Feeder::finish() {
  const std::lock_guard lock(mutex_);
  finished_ = true;
  if constexpr (kFaults)
    if (fault_is(Fault::kJoinThreadWakesOne)) return done_.notify_one();
  done_.notify_all();
}

void Feeder::recycle(std::string& block) {
  const std::lock_guard lock(mutex_);
  buffered_ -= std::min(buffered_, block.size());
  caught_up_.notify_one();
  if (spare_size_ + block.capacity() > kMostSpare) return;
  block.clear();
  spare_size_ += block.capacity();
  spare_.push_back(std::move(block));
}

// Exchanges the buffer for a batch that was sent, waiting for items. False: there are none and
// there will be none.
bool Feeder::next_batch(Blocks& batch) {
  std::unique_lock lock(mutex_);
  batch.clear();
  idle_ = true;
  work_.wait(lock, [&] { return !buffer_.empty() || closed_; });
  [[maybe_unused]] const auto swap = [&] { return !buffer_.empty() && fault_swap(buffer_[0]); };
  if constexpr (kFaults)
    if (fault_is(Fault::kFeederSwaps) || fault_is(Fault::kTasksFeederSwaps) ||
        fault_is(Fault::kKilledSwaps))
      if (!swap() && fault_turn(4)) work_.wait_for(lock, kLookAgain, swap);
  if constexpr (kFaults)
    if (fault_feeder_is_slow())
      work_.wait_for(lock, 2 * kLookAgain, [&] { return closed_.load(); });
  idle_ = false;
  batch.swap(buffer_);
  if constexpr (kFaults) fault_point("batch-taken");
  return !batch.empty();
}

void Feeder::send_all(const std::string& batch) {
  if constexpr (kFaults)
    if (fault_chosen()) return fault_send_all(batch);
  std::string_view left = batch;
  Counter& committed = queue_->accounts().committed(account_);
  while (!left.empty()) {
    left.remove_prefix(queue_->channel().send_some(left, &committed));
    if constexpr (kFaults) fault_point("some-sent");
  }
}

void Feeder::close() noexcept {
  const std::lock_guard lock(mutex_);
  if constexpr (kFaults)
    if (fault_is(Fault::kCloseForgets)) buffer_.clear();
  if constexpr (kFaults)
    if (fault_is(Fault::kCloseAgainReopens) && closed_) return void(closed_ = false);
  closed_ = true;
  work_.notify_one();
}

void Feeder::wait_flushed() {
  std::unique_lock lock(mutex_);
  const auto flushed = [&] { return !started_ || finished_ || cancelled_; };
  if constexpr (kFaults)
    if (fault_is(Fault::kExitFlushGivesUp))
      return void(done_.wait_for(lock, std::chrono::milliseconds{1}, flushed));
  if constexpr (kFaults)
    if (fault_is(Fault::kCancelSparesJoinThread) || fault_is(Fault::kJoinThreadWaitsForNothing))
      return done_.wait(lock, [&] { return finished_; });
  done_.wait(lock, flushed);
}

void Feeder::cancel_wait() noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kCancelIgnored)) return;
  const std::lock_guard lock(mutex_);
  if constexpr (kFaults)
    if ((fault_is(Fault::kCancelBeforePutForgotten) && !started_) ||
        (fault_is(Fault::kCancelAfterCloseForgotten) && closed_))
      return;
  cancelled_ = true;
  done_.notify_all();
}

}  // namespace psq::detail
