// Values that were put and never obtained.
//
// Two things show that a value is lost: at the end of a complete history no call obtained it; or,
// in a Queue, a later one of the same producer was obtained, so that its turn is over. (For strict
// queues the second is a matter of their order, and fifo.cc finds it.) A get in progress, above all
// one of a process that was killed, may have taken one value each.
#include <algorithm>

#include "history/index.h"
#include "history/swap.h"
#include "history/users.h"

namespace psq::history {
namespace {

constexpr const char* kNothingLost = "nothing-lost";

struct Missing {
  Time due = kNever;  // by when a call must have taken it, if it is not lost
  Number value = kNoNumber;
  Number later = kNoNumber;  // the value obtained instead
  friend auto operator<=>(const Missing&, const Missing&) = default;
};

class Loss {
 public:
  Loss(const Index& index, std::size_t object)
      : index_(index), object_(object), users_(index, object) {
    const auto& here = index.object(object);
    for (const Number get : here.pending_gets) takers_.push_back(index.operation(get).invoked);
    for (const Number get : here.doubtful_gets) takers_.push_back(index.operation(get).invoked);
    std::ranges::sort(takers_);
    collect();
  }

  std::optional<Finding> find() {
    std::ranges::sort(missing_);
    for (std::size_t i = 0; i < missing_.size(); ++i) {
      const auto taken = static_cast<std::size_t>(
          std::ranges::upper_bound(takers_, missing_[i].due) - takers_.begin());
      if (i + 1 > taken) return show(i);
    }
    return std::nullopt;
  }

 private:
  void collect() {
    std::vector<std::vector<Number>> by_process(index_.history().processes.size());
    for (const Number value : index_.object(object_).values) {
      by_process[index_.operation(index_.life(value).put).process].push_back(value);
    }
    for (const auto& values : by_process) {
      if (std::ranges::any_of(values, [&](Number v) { return is_missing(v); })) collect(values);
    }
  }

  [[nodiscard]] bool is_missing(Number value) const {
    return index_.life(value).surely_put() && !index_.life(value).obtained();
  }

  /// The missing values of one process, each with the first later one that was obtained.
  void collect(const std::vector<Number>& values) {
    const auto order = put_order(index_, values);
    auto later = order.by_invocation.rbegin();
    Number earliest = kNoNumber;
    for (auto value = order.by_return.rbegin(); value != order.by_return.rend(); ++value) {
      const auto returned = index_.life(*value).put_returned;
      for (; later != order.by_invocation.rend(); ++later) {
        const auto& life = index_.life(*later);
        if (life.put_invoked <= returned) break;
        if (life.obtained() &&
            (earliest == kNoNumber || life.get_returned < index_.life(earliest).get_returned)) {
          earliest = *later;
        }
      }
      if (is_missing(*value)) add(*value, earliest);
    }
  }

  void add(Number value, Number later) {
    const auto& put = index_.operation(index_.life(value).put);
    const bool overtaken = later != kNoNumber && is_buffered(index_.kind(object_));
    if (overtaken && !may_leave_gap(put)) {
      missing_.push_back({index_.life(later).get_returned, value, later});
    } else if (index_.history().complete && !users_.may_hang() && !may_vanish(put)) {
      missing_.push_back({kNever, value, kNoNumber});
    }
  }

  /// After a kill the first items arrive, up to some point; after cancel_join_thread, or when the
  /// put met a close, any may.
  [[nodiscard]] bool may_leave_gap(const Operation& put) const {
    return users_.may_drop(put) && index_.history().processes[put.process].death != Death::kKilled;
  }

  [[nodiscard]] bool may_vanish(const Operation& put) const {
    return is_buffered(index_.kind(object_)) && users_.may_drop(put);
  }

  Finding show(std::size_t last) const {
    const auto& missing = missing_[last];
    const auto name = index_.name(missing.value);
    std::string why = name + " was put, and in the end no call had obtained it";
    if (missing.later != kNoNumber) {
      why = index_.name(missing.later) + " was obtained, and " + name +
            ", which the same process put before it, never was";
    }
    if (last > 0) {
      why += "; gets in progress account for " + std::to_string(last) + " of the " +
             std::to_string(last + 1) + " values that are missing";
    }
    std::vector<Number> witness;
    for (std::size_t i = 0; i <= last; ++i) {
      witness.push_back(index_.life(missing_[i].value).put);
      if (missing_[i].later == kNoNumber) continue;
      witness.push_back(index_.life(missing_[i].later).put);
      witness.push_back(index_.life(missing_[i].later).get);
    }
    std::ranges::sort(witness);
    witness.erase(std::unique(witness.begin(), witness.end()), witness.end());
    return violated(kNothingLost, clause(missing), std::move(why), witness);
  }

  [[nodiscard]] std::string clause(const Missing& missing) const {
    const auto& put = index_.operation(index_.life(missing.value).put);
    if (index_.history().processes[put.process].death == Death::kKilled) {
      return missing.later != kNoNumber ? "failure.kill.what-arrives-is-whole" : survives();
    }
    if (index_.kind(object_) == ObjectKind::kPipe) return "pipe.order.messages";
    return std::string{index_.page(object_)} + ".get.exactly-once";
  }

  [[nodiscard]] std::string survives() const {
    if (index_.kind(object_) == ObjectKind::kPipe) return "failure.kill.pipe-end-of-stream";
    return std::string{index_.page(object_)} + ".put.survives-producer";
  }

  const Index& index_;
  std::size_t object_;
  Users users_;
  std::vector<Time> takers_ = {};
  std::vector<Missing> missing_ = {};
};

}  // namespace

Finding nothing_lost(const Index& index) {
  if (auto finding = undistinct(index, kNothingLost)) return *finding;
  for (std::size_t object = 0; object < index.history().objects.size(); ++object) {
    if (auto finding = Loss{index, object}.find()) return *finding;
  }
  return {.checker = kNothingLost};
}

Finding check_nothing_lost(const History& history) { return nothing_lost(Index{history}); }

}  // namespace psq::history
