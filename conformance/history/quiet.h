// Times at which no call on an object was in progress, and what the object held then.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "history/index.h"
#include "history/users.h"

namespace psq::history {

class Quiet {
 public:
  Quiet(const Index& index, std::size_t object) : users_(index, object) {
    for (const Number number : index.object(object).operations) {
      const auto& operation = index.operation(number);
      invoked_.push_back(operation.invoked);
      returned_.push_back(operation.returned);
      if (operation.op == Operator::kPut && effect_is_unclear(operation)) unclear_ = true;
      if (operation.op == Operator::kGet && effect_is_unclear(operation)) unclear_ = true;
      if (operation.result != Result::kOk) continue;
      if (operation.op == Operator::kPut) put_.push_back(operation.returned);
      if (operation.op == Operator::kGet) got_.push_back(operation.returned);
    }
    for (auto* times : {&invoked_, &returned_, &put_, &got_}) std::ranges::sort(*times);
  }

  /// Whether no other operation on the object overlapped this one.
  [[nodiscard]] bool alone(const Operation& operation) const {
    return until(invoked_, operation.returned) - before(returned_, operation.invoked) == 1;
  }

  /// How many items the object held while that operation was alone on it; nothing when what killed
  /// processes did, or calls with an unclear end, leaves it open.
  [[nodiscard]] std::optional<std::int64_t> items(const Operation& operation) const {
    if (unclear_ || users_.first_kill() <= operation.returned) return std::nullopt;
    return before(put_, operation.invoked) - before(got_, operation.invoked);
  }

  [[nodiscard]] const Users& users() const { return users_; }

 private:
  static bool effect_is_unclear(const Operation& operation) {
    return operation.result == Result::kOther || operation.result == Result::kCorrupted ||
           operation.result == Result::kRefused;
  }
  static std::int64_t before(const std::vector<Time>& times, Time time) {
    return std::ranges::lower_bound(times, time) - times.begin();
  }
  static std::int64_t until(const std::vector<Time>& times, Time time) {
    return std::ranges::upper_bound(times, time) - times.begin();
  }

  Users users_;
  std::vector<Time> invoked_ = {};
  std::vector<Time> returned_ = {};
  std::vector<Time> put_ = {};
  std::vector<Time> got_ = {};
  bool unclear_ = false;
};

}  // namespace psq::history
