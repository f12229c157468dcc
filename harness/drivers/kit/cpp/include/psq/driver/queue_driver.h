// A driver of a queue with the law's API, in ten lines:
//
//   #include <psq/driver/queue_driver.h>
//   int main() {
//     return psq::driver::serve_queue<MyQueue>({.implementation = "my-queue", .version = "1"});
//   }
//
// MyQueue has the functions of the concept `QueueOfBytes`. Each further operation of
// spec/operations.md that it has is declared by itself: `qsize`, `empty`, `full`, `close`,
// `join_thread`, `cancel_join_thread`, `task_done`, `join`. Its errors are nested types that derive
// from std::exception, those that it has: `Empty`, `Full`, `Closed`, `TaskDoneTooOften`,
// `NotStarted`.
//
// For another API write an Adapter (adapter.h). Like driver.h, include it in one source file only.
#pragma once

#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "psq/driver/driver.h"
#include "psq/driver/forked_child.h"

namespace psq::driver {

/// `Queue(maxsize)`: a queue with that bound, without one when it is not positive.
template <typename Queue>
concept MadeWithMaxsize = std::constructible_from<Queue, std::int64_t>;

/// `queue.put(bytes, block, timeout)`: waits for a slot when `block`, for ever without a timeout.
template <typename Queue>
concept HasPut = requires(Queue queue, std::string bytes, bool block,
                          std::optional<Seconds> timeout) {
  queue.put(std::move(bytes), block, timeout);
};

/// `queue.get(block, timeout)`: the oldest item's bytes; waits for one when `block`.
template <typename Queue>
concept HasGet = requires(Queue queue, bool block, std::optional<Seconds> timeout) {
  { queue.get(block, timeout) } -> std::convertible_to<std::string>;
};

/// What `serve_queue` needs of a queue. Its functions may be called by several threads at once and,
/// with `processes`, in a forked child.
template <typename Queue>
concept QueueOfBytes = MadeWithMaxsize<Queue> && HasPut<Queue> && HasGet<Queue>;

/// What the hello says of the implementation.
struct QueueDescription {
  std::string implementation;
  std::string version;
  std::vector<std::string> profiles = {"base"};
  /// The type of spec/operations.md: queue, or joinable_queue.
  std::string type = "queue";
  /// Whether a child by fork uses the same queue.
  bool processes = false;
  std::vector<std::string> bounds = {"bounded", "unbounded"};
  /// Those that need nothing of the queue: `signal_handler`.
  std::vector<std::string> options = {};
  /// Beside `item_bytes`, which the kit knows: `max_item_bytes`, `maxsize`, `unfinished`.
  std::map<std::string, std::int64_t> limits = {};
};

namespace internal {

template <typename Queue>
concept HasQsize = requires(Queue queue) {
  { queue.qsize() } -> std::convertible_to<std::int64_t>;
};
template <typename Queue>
concept HasEmpty = requires(Queue queue) {
  { queue.empty() } -> std::convertible_to<bool>;
};
template <typename Queue>
concept HasFull = requires(Queue queue) {
  { queue.full() } -> std::convertible_to<bool>;
};
template <typename Queue>
concept HasClose = requires(Queue queue) {
  queue.close();
};
template <typename Queue>
concept HasJoinThread = requires(Queue queue) {
  queue.join_thread();
};
template <typename Queue>
concept HasCancelJoinThread = requires(Queue queue) {
  queue.cancel_join_thread();
};
template <typename Queue>
concept HasTaskDone = requires(Queue queue) {
  queue.task_done();
};
template <typename Queue>
concept HasJoin = requires(Queue queue) {
  queue.join();
};

template <typename Queue>
std::vector<std::string> operations_of() {
  std::vector<std::string> found{"put", "get"};
  if constexpr (HasQsize<Queue>) found.emplace_back("qsize");
  if constexpr (HasEmpty<Queue>) found.emplace_back("empty");
  if constexpr (HasFull<Queue>) found.emplace_back("full");
  if constexpr (HasClose<Queue>) found.emplace_back("close");
  if constexpr (HasJoinThread<Queue>) found.emplace_back("join_thread");
  if constexpr (HasCancelJoinThread<Queue>) found.emplace_back("cancel_join_thread");
  if constexpr (HasTaskDone<Queue>) found.emplace_back("task_done");
  if constexpr (HasJoin<Queue>) found.emplace_back("join");
  return found;
}

template <typename Queue>
class QueueObject : public Object {
 public:
  explicit QueueObject(std::int64_t maxsize) : queue_(maxsize) {}

  Result perform(const Operation& operation, Call& call) override {
    switch (operation.verb) {
      case Verb::kPut: {
        std::string bytes = make_item(std::get<Item>(operation.payload));
        call([&] { queue_.put(std::move(bytes), operation.block, operation.timeout); });
        return Result::ok();
      }
      case Verb::kGet:
        return Result::ok(Bytes{
            call([&] { return std::string(queue_.get(operation.block, operation.timeout)); })});
      case Verb::kQsize:
        if constexpr (HasQsize<Queue>)
          return Result::ok(static_cast<std::int64_t>(call([&] { return queue_.qsize(); })));
        break;
      case Verb::kEmpty:
        if constexpr (HasEmpty<Queue>)
          return Result::ok(static_cast<bool>(call([&] { return queue_.empty(); })));
        break;
      case Verb::kFull:
        if constexpr (HasFull<Queue>)
          return Result::ok(static_cast<bool>(call([&] { return queue_.full(); })));
        break;
      default:
        return perform_without_value(operation.verb, call);
    }
    throw Refusal(Outcome::kUnsupported, "the queue has no such function");
  }

 private:
  Result perform_without_value(Verb verb, Call& call) {
    if constexpr (HasClose<Queue>)
      if (verb == Verb::kClose) return call([&] { queue_.close(); }), Result::ok();
    if constexpr (HasJoinThread<Queue>)
      if (verb == Verb::kJoinThread) return call([&] { queue_.join_thread(); }), Result::ok();
    if constexpr (HasCancelJoinThread<Queue>)
      if (verb == Verb::kCancelJoinThread)
        return call([&] { queue_.cancel_join_thread(); }), Result::ok();
    if constexpr (HasTaskDone<Queue>)
      if (verb == Verb::kTaskDone) return call([&] { queue_.task_done(); }), Result::ok();
    if constexpr (HasJoin<Queue>)
      if (verb == Verb::kJoin) return call([&] { queue_.join(); }), Result::ok();
    throw Refusal(Outcome::kUnsupported, "the queue has no such function");
  }

  Queue queue_;
};

template <typename Error>
bool is_a(const std::exception& error) {
  return dynamic_cast<const Error*>(&error) != nullptr;
}

template <typename Queue>
class QueueAdapter : public Adapter {
 public:
  explicit QueueAdapter(QueueDescription description) : description_(std::move(description)) {}

  [[nodiscard]] Hello hello() const override {
    Hello hello{.implementation = description_.implementation,
                .version = description_.version,
                .start_method = description_.processes ? "fork" : "none",
                .profiles = description_.profiles,
                .operations = {{description_.type, operations_of<Queue>()}},
                .options = description_.options,
                .limits = description_.limits,
                .bounds = description_.bounds};
    hello.limits.emplace("item_bytes", static_cast<std::int64_t>(kLeastItemBytes));
    if (description_.processes)
      hello.operations["process"] = {"spawn", "join_process", "exit_code", "terminate",
                                     "kill",  "drop_process", "end_thread"};
    return hello;
  }

  std::vector<std::unique_ptr<Object>> create(const Creation& creation) override {
    std::vector<std::unique_ptr<Object>> made;
    made.push_back(std::make_unique<QueueObject<Queue>>(creation.maxsize.value_or(0)));
    return made;
  }

  std::unique_ptr<Child> spawn(const SpawnOptions&, const std::function<void()>& body) override {
    return fork_child(body);
  }

  [[nodiscard]] Outcome classify(const std::exception& error) const override {
    if constexpr (requires { typename Queue::Empty; })
      if (is_a<typename Queue::Empty>(error)) return Outcome::kEmpty;
    if constexpr (requires { typename Queue::Full; })
      if (is_a<typename Queue::Full>(error)) return Outcome::kFull;
    if constexpr (requires { typename Queue::Closed; })
      if (is_a<typename Queue::Closed>(error)) return Outcome::kClosed;
    if constexpr (requires { typename Queue::TaskDoneTooOften; })
      if (is_a<typename Queue::TaskDoneTooOften>(error)) return Outcome::kTaskDoneTooOften;
    if constexpr (requires { typename Queue::NotStarted; })
      if (is_a<typename Queue::NotStarted>(error)) return Outcome::kNotStarted;
    return is_a<std::invalid_argument>(error) ? Outcome::kInvalidArgument : Outcome::kRaised;
  }

 private:
  const QueueDescription description_;
};

}  // namespace internal

/// Serves the controller with queues of this type; see `run` of driver.h for the result.
template <typename Queue>
int serve_queue(QueueDescription description) {
  static_assert(MadeWithMaxsize<Queue>,
                "the queue lacks a constructor that takes std::int64_t maxsize");
  static_assert(
      HasPut<Queue>,
      "the queue lacks put(std::string, bool block, std::optional<psq::driver::Seconds> timeout)");
  static_assert(
      HasGet<Queue>,
      "the queue lacks std::string get(bool block, std::optional<psq::driver::Seconds> timeout)");
  if constexpr (QueueOfBytes<Queue>)
    return run(*new internal::QueueAdapter<Queue>(std::move(description)));
  return 0;
}

}  // namespace psq::driver
