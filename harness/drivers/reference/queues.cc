#include "lending.h"
#include "objects.h"

namespace psq::reference_driver {
namespace {

using driver::Call;
using driver::Operation;
using driver::Result;
using driver::Verb;

[[noreturn]] void refuse_undeclared() {
  throw driver::Refusal(driver::Outcome::kUnsupported, "this object has no such operation");
}

Passed passed(Handle handle) {
  std::string token = handle.token();
  return {.text = std::move(token), .handle = std::move(handle)};
}

Timeout timeout_of(const Operation& operation) {
  return operation.block ? to_timeout(operation.timeout) : Timeout(no_wait);
}

/// The common operations of Queue and JoinableQueue.
template <typename Q>
class QueueObject : public ReferenceObject {
 public:
  explicit QueueObject(Q queue) : queue_(std::move(queue)) {}

  Result perform(const Operation& operation, Call& call) override {
    switch (operation.verb) {
      case Verb::kPut: {
        const auto payload = make_payload(operation.payload);
        call([&] { queue_.put(*payload, timeout_of(operation)); });
        return Result::ok();
      }
      case Verb::kGet:
        return Result::ok(to_value(call([&] { return queue_.get(timeout_of(operation)); })));
      case Verb::kQsize:
        return Result::ok(static_cast<std::int64_t>(call([&] { return queue_.qsize(); })));
      case Verb::kEmpty:
        return Result::ok(call([&] { return queue_.empty(); }));
      case Verb::kFull:
        return Result::ok(call([&] { return queue_.full(); }));
      default:
        return perform_void(operation.verb, call);
    }
  }

  // Empty: a child may keep the memory of a queue that it was not given, because no other process
  // can observe that.
  [[nodiscard]] std::optional<std::vector<int>> descriptors() const override {
    return std::vector<int>{};
  }
  [[nodiscard]] Passed pass() const override { return passed(queue_.handle()); }

 private:
  Result perform_void(Verb verb, Call& call) {
    switch (verb) {
      case Verb::kClose:
        call([&] { queue_.close(); });
        return Result::ok();
      case Verb::kJoinThread:
        call([&] { queue_.join_thread(); });
        return Result::ok();
      case Verb::kCancelJoinThread:
        call([&] { queue_.cancel_join_thread(); });
        return Result::ok();
      default:
        return perform_tasks(verb, call);
    }
  }

  Result perform_tasks(Verb verb, Call& call) {
    if constexpr (requires(Q & queue) { queue.task_done(); }) {
      if (verb == Verb::kTaskDone) {
        call([&] { queue_.task_done(); });
        return Result::ok();
      }
      if (verb == Verb::kJoin) {
        call([&] { queue_.join(); });
        return Result::ok();
      }
    }
    refuse_undeclared();
  }

  Q queue_;
};

template <typename Q>
class SimpleQueueObject : public ReferenceObject {
 public:
  explicit SimpleQueueObject(Q queue) : queue_(std::move(queue)) {}

  Result perform(const Operation& operation, Call& call) override {
    switch (operation.verb) {
      case Verb::kPut: {
        const auto payload = make_payload(operation.payload);
        call([&] { queue_.put(*payload); });
        return Result::ok();
      }
      case Verb::kGet:
        return Result::ok(to_value(call([&] { return queue_.get(); })));
      case Verb::kEmpty:
        return Result::ok(call([&] { return queue_.empty(); }));
      case Verb::kClose:
        call([&] { queue_.close(); });
        return Result::ok();
      default:
        refuse_undeclared();
    }
  }

  [[nodiscard]] std::optional<std::vector<int>> descriptors() const override {
    return std::vector<int>{};
  }
  [[nodiscard]] Passed pass() const override { return passed(queue_.handle()); }

 private:
  Q queue_;
};

/// The object of a queue of payloads; with `loans`, of one that lends.
template <template <typename> typename Object, template <typename> typename Q, typename... Options>
std::unique_ptr<driver::Object> object_of(LoanSeed loans, const Options&... options) {
  using Lent = Lending<Q<std::string>>;
  if (loans) return std::make_unique<Object<Lent>>(Lent(Q<std::string>(options...), *loans));
  return std::make_unique<Object<Q<Payload>>>(Q<Payload>(options...));
}

}  // namespace

std::unique_ptr<driver::Object> make_queue(const driver::Creation& creation, LoanSeed loans) {
  return object_of<QueueObject, Queue>(loans, QueueOptions{creation.maxsize.value_or(0)});
}

std::unique_ptr<driver::Object> make_joinable_queue(const driver::Creation& creation,
                                                    LoanSeed loans) {
  return object_of<QueueObject, JoinableQueue>(
      loans, JoinableQueueOptions{creation.maxsize.value_or(0), creation.unfinished.value_or(0)});
}

std::unique_ptr<driver::Object> make_simple_queue(LoanSeed loans) {
  return object_of<SimpleQueueObject, SimpleQueue>(loans);
}

std::unique_ptr<driver::Object> receive_passed(driver::ObjectType type, const std::string& text) {
  using Plain = Queue<Payload>;
  using Joinable = JoinableQueue<Payload>;
  using Simple = SimpleQueue<Payload>;
  switch (type) {
    case driver::ObjectType::kQueue:
      return std::make_unique<QueueObject<Plain>>(Plain::from_handle(text));
    case driver::ObjectType::kJoinableQueue:
      return std::make_unique<QueueObject<Joinable>>(Joinable::from_handle(text));
    case driver::ObjectType::kSimpleQueue:
      return std::make_unique<SimpleQueueObject<Simple>>(Simple::from_handle(text));
    case driver::ObjectType::kConnection:
      return receive_end(text);
  }
  return nullptr;
}

}  // namespace psq::reference_driver
