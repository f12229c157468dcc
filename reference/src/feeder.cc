#include "src/feeder.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "psq/error.h"
#include "src/fault_seam.h"

namespace psq::detail {
namespace {

// A buffer that has grown beyond this is not kept.
constexpr std::size_t kBufferKept = std::size_t{1} << 20;

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

// For a fault: whether this thread was last here 100 ms ago or more.
[[maybe_unused]] bool held_up() {
  thread_local Clock::time_point before = Clock::now();
  return Clock::now() - std::exchange(before, Clock::now()) > 2 * kLookAgain;
}

}  // namespace

bool Feeder::add(const std::string& item) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  if (!started_) start();
  const std::size_t length = item.size();
  buffer_.reserve(buffer_.size() + sizeof length + length);  // So that nothing below throws.
  buffer_.append(reinterpret_cast<const char*>(&length), sizeof length);
  buffer_.append(item);
  work_.notify_one();
  return true;
}

void Feeder::start() {
  const AllSignalsBlocked blocked;
  try {
    std::thread([self = shared_from_this()] { self->run(); }).detach();
  } catch (const std::system_error& error) {
    throw SystemError("cannot start the feeder thread of a queue", error.code().value());
  }
  started_ = true;
}

void Feeder::run() {
  std::string batch;
  while (next_batch(batch)) {
    send_all(batch);
    batch.clear();
    if (batch.capacity() > kBufferKept) batch.shrink_to_fit();
  }
  const std::lock_guard lock(mutex_);
  finished_ = true;
  if constexpr (kFaults)
    if (fault_is(Fault::kJoinThreadWakesOne)) return done_.notify_one();
  done_.notify_all();
}

// Moves the buffer to `batch`, waiting for items. False: there are none and there will be none.
bool Feeder::next_batch(std::string& batch) {
  std::unique_lock lock(mutex_);
  work_.wait(lock, [&] { return !buffer_.empty() || closed_; });
  if constexpr (kFaults)
    if (fault_is(Fault::kFeederSwaps) && !fault_swap(buffer_) && fault_turn(4))
      work_.wait_for(lock, kLookAgain, [&] { return fault_swap(buffer_); });
  if constexpr (kFaults)
    if (fault_is(Fault::kTasksFeederSwaps) || fault_is(Fault::kKilledSwaps))
      if (!fault_swap(buffer_) && fault_turn(4))
        work_.wait_for(lock, kLookAgain, [&] { return fault_swap(buffer_); });
  batch.swap(buffer_);
  return !batch.empty();
}

void Feeder::send_all(const std::string& batch) {
  std::string_view left = batch;
  while (!left.empty()) {
    std::size_t length = 0;
    std::memcpy(&length, left.data(), sizeof length);
    left.remove_prefix(sizeof length);
    if constexpr (kFaults)
      if ((fault_is(Fault::kFeederSkips) && fault_turn(16)) ||
          (fault_is(Fault::kLateFeederLoses) && held_up())) {
        left.remove_prefix(length);
        continue;
      }
    channel_->send(left.substr(0, length));
    left.remove_prefix(length);
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
