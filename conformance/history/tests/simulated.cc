#include "history/tests/simulated.h"

#include <algorithm>
#include <deque>
#include <random>
#include <string>

namespace psq::history {
namespace {

/// Runs a queue on a clock of its own: each process makes one call after the other, and each call
/// takes effect at one time within it.
class Simulator {
 public:
  explicit Simulator(const Simulation& wanted) : wanted_(wanted), random_(wanted.seed) {
    history_.objects.push_back({.name = "q", .kind = wanted.kind, .maxsize = wanted.maxsize});
    for (std::uint16_t i = 0; i < wanted.processes; ++i) {
      const auto name = "p" + std::to_string(i);
      history_.processes.push_back({.name = name});
      history_.threads.push_back({name, "main"});
      history_.producers.push_back(name);
    }
    history_.values.reserve(wanted.values);
    history_.operations.reserve(2 * wanted.values);
    history_.complete = true;
    free_at_.resize(wanted.processes);
    seq_.resize(wanted.processes);
  }

  History run() {
    while (got_ < wanted_.values) {
      const bool may_put =
          put_ < wanted_.values && (wanted_.maxsize <= 0 || std::ssize(queue_) < wanted_.maxsize);
      if (may_put && (queue_.empty() || random_() % 2 == 0)) {
        put();
      } else if (!queue_.empty()) {
        get();
      }
    }
    if (wanted_.tasks) finish(add(0, {.op = Operator::kJoin}));
    std::ranges::sort(history_.operations, {}, &Operation::returned);
    return std::move(history_);
  }

 private:
  std::uint16_t putter() { return static_cast<std::uint16_t>(random_() % (wanted_.processes / 2)); }
  std::uint16_t getter() {
    const auto half = wanted_.processes / 2U;
    return static_cast<std::uint16_t>(half + random_() % (wanted_.processes - half));
  }

  /// A call that takes effect after all those before it. It begins before that and ends after, but
  /// calls of one process follow each other.
  Operation add(std::uint16_t process, Operation operation) {
    constexpr Time kStep = 100;  // between two times at which calls take effect
    const auto moment = std::max(last_ + kStep, free_at_[process] + 1);
    last_ = moment;
    operation.process = process;
    operation.thread = process;
    operation.invoked =
        std::max(free_at_[process], moment - static_cast<Time>(random_() % (8 * kStep)));
    operation.returned = moment + static_cast<Time>(random_() % (4 * kStep));
    free_at_[process] = operation.returned + 1;
    return operation;
  }

  void finish(Operation operation) {
    if (operation.result == Result::kPending) operation.result = Result::kOk;
    history_.operations.push_back(operation);
  }

  void put() {
    const auto process = putter();
    history_.values.push_back({process, seq_[process]++, 64});
    queue_.push_back(std::ssize(history_.values) - 1);
    ++put_;
    finish(add(process, {.op = Operator::kPut, .value = queue_.back()}));
  }

  void get() {
    const auto process = getter();
    finish(add(process, {.op = Operator::kGet, .value = queue_.front()}));
    queue_.pop_front();
    ++got_;
    if (wanted_.tasks) finish(add(process, {.op = Operator::kTaskDone}));
    if (!queue_.empty() || static_cast<double>(random_() % 1000) >= wanted_.empties * 1000) return;
    finish(add(getter(), {.op = Operator::kGet, .result = Result::kEmpty, .timeout = 0}));
  }

  Simulation wanted_;
  std::mt19937_64 random_;
  History history_ = {};
  std::deque<std::int64_t> queue_ = {};
  std::vector<Time> free_at_ = {};
  std::vector<std::int64_t> seq_ = {};
  std::size_t put_ = 0;
  std::size_t got_ = 0;
  Time last_ = 0;  // when the last call took effect
};

}  // namespace

History simulate(const Simulation& simulation) { return Simulator{simulation}.run(); }

}  // namespace psq::history
