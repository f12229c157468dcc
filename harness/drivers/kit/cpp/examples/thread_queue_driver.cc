// A whole driver on one page: a bounded queue for the threads of one process, under the kit.
//
// It starts no processes and serializes nothing. What it does not have it does not declare. By
// hand:
//   g++ -std=c++20 -I harness/drivers/kit/cpp/include thread_queue_driver.cc -o thread-queue-driver
//   build/psq driver-check ./thread-queue-driver      # is the driver right?
//   build/psq check ./thread-queue-driver             # is the queue right?
#include <psq/driver/driver.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace driver = psq::driver;

// 1. The implementation. Yours is a library that you include here; it knows nothing of psq.

struct Empty : std::runtime_error {
  Empty() : std::runtime_error("the queue is empty") {}
};
struct Full : std::runtime_error {
  Full() : std::runtime_error("the queue is full") {}
};

class ThreadQueue {
 public:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;  // nothing: wait for ever

  explicit ThreadQueue(std::size_t bound) : bound_(bound) {}

  void put(std::string item, Deadline deadline) {
    std::unique_lock lock(mutex_);
    if (!wait(lock, deadline, [&] { return items_.size() < bound_; })) throw Full();
    items_.push_back(std::move(item));
    changed_.notify_all();
  }

  std::string get(Deadline deadline) {
    std::unique_lock lock(mutex_);
    if (!wait(lock, deadline, [&] { return !items_.empty(); })) throw Empty();
    std::string item = std::move(items_.front());
    items_.pop_front();
    changed_.notify_all();
    return item;
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }
  bool full() const { return size() >= bound_; }

 private:
  template <typename Ready>
  bool wait(std::unique_lock<std::mutex>& lock, const Deadline& deadline, Ready ready) {
    if (deadline) return changed_.wait_until(lock, *deadline, ready);
    changed_.wait(lock, ready);
    return true;
  }

  const std::size_t bound_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> items_;
};

// 2. One object of it, as the kit drives it. The body of `call` is timed: only the implementation's
//    own call stands there.

ThreadQueue::Deadline deadline_of(const driver::Operation& operation) {
  const auto now = std::chrono::steady_clock::now();
  if (!operation.block) return now;
  if (!operation.timeout) return std::nullopt;
  const double seconds = operation.timeout->count();
  if (std::isnan(seconds)) throw std::invalid_argument("a timeout that is no number");
  if (seconds > 1e9) return std::nullopt;  // 30 years, or infinity
  return now + std::chrono::ceil<std::chrono::nanoseconds>(driver::Seconds(std::max(seconds, 0.0)));
}

class QueueObject : public driver::Object {
 public:
  explicit QueueObject(std::size_t bound) : queue_(bound) {}

  driver::Result perform(const driver::Operation& operation, driver::Call& call) override {
    using driver::Result;
    switch (operation.verb) {
      case driver::Verb::kPut: {
        std::string bytes = driver::make_item(std::get<driver::Item>(operation.payload));
        call([&] { queue_.put(std::move(bytes), deadline_of(operation)); });
        return Result::ok();
      }
      case driver::Verb::kGet:  // the kit recognizes the bytes of an item, and checks each of them
        return Result::ok(driver::Bytes{call([&] { return queue_.get(deadline_of(operation)); })});
      case driver::Verb::kQsize:
        return Result::ok(static_cast<std::int64_t>(call([&] { return queue_.size(); })));
      case driver::Verb::kEmpty:
        return Result::ok(call([&] { return queue_.size() == 0; }));
      case driver::Verb::kFull:
        return Result::ok(call([&] { return queue_.full(); }));
      default:  // the kit asks for what `hello` declares, and for nothing else
        throw std::logic_error("not declared");
    }
  }

 private:
  ThreadQueue queue_;
};

// 3. What the driver says of itself, how an object is made, and what an error means.

class ThreadQueueAdapter : public driver::Adapter {
 public:
  [[nodiscard]] driver::Hello hello() const override {
    return {.implementation = "thread-queue",
            .version = "1",
            .start_method = "none",
            .profiles = {"base"},
            .operations = {{"queue", {"put", "get", "qsize", "empty", "full"}}},
            .options = {},
            .limits = {{"item_bytes", static_cast<std::int64_t>(driver::kLeastItemBytes)}}};
  }

  std::vector<std::unique_ptr<driver::Object>> create(const driver::Creation& creation) override {
    const std::int64_t maxsize = creation.maxsize.value_or(0);
    const bool bounded = maxsize > 0;
    std::vector<std::unique_ptr<driver::Object>> objects;
    objects.push_back(std::make_unique<QueueObject>(
        bounded ? static_cast<std::size_t>(maxsize) : std::numeric_limits<std::size_t>::max()));
    return objects;
  }

  [[nodiscard]] driver::Outcome classify(const std::exception& error) const override {
    if (dynamic_cast<const Empty*>(&error) != nullptr) return driver::Outcome::kEmpty;
    if (dynamic_cast<const Full*>(&error) != nullptr) return driver::Outcome::kFull;
    const bool invalid = dynamic_cast<const std::invalid_argument*>(&error) != nullptr;
    return invalid ? driver::Outcome::kInvalidArgument : driver::Outcome::kRaised;
  }
};

int main() {
  ThreadQueueAdapter adapter;
  return driver::run(adapter);
}
