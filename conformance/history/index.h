// What the checkers share: a history looked through once, its operations by object and by value.
//
// Reads the history, which must outlive it and stay as it is; const afterwards, so that any number
// of threads may use one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "history/check.h"
#include "history/history.h"

namespace psq::history {

using Number = std::uint32_t;  // of an operation or a value: indices, half as large
inline constexpr Number kNoNumber = UINT32_MAX;

/// The life of one value: the put that may have taken effect, and the get that obtained it.
struct Life {
  Time put_invoked = 0;
  Time put_returned = kNever;  // kNever unless the put ended as ok
  Time get_invoked = kNever;   // kNever when no call obtained it
  Time get_returned = kNever;
  Number put = kNoNumber;
  Number get = kNoNumber;

  [[nodiscard]] bool obtained() const { return get != kNoNumber; }
  [[nodiscard]] bool surely_put() const { return put != kNoNumber && put_returned != kNever; }
};

/// Numbers of what was done to one object, in the history's order.
struct ObjectIndex {
  std::vector<Number> operations;     // all of them
  std::vector<Number> values;         // whose put, here, took effect or may have
  std::vector<Number> pending_gets;   // each may have taken one item
  std::vector<Number> doubtful_gets;  // ended, but each may have taken one item
  std::vector<Number> strays;         // gets of what no call put here
  std::vector<Number> repeats;        // gets of what had been obtained already
};

class Index {
 public:
  explicit Index(const History& history);

  [[nodiscard]] const History& history() const { return history_; }
  [[nodiscard]] const Operation& operation(Number number) const {
    return history_.operations[number];
  }
  [[nodiscard]] const Life& life(Number value) const { return lives_[value]; }
  [[nodiscard]] const ObjectIndex& object(std::size_t object) const { return objects_[object]; }
  [[nodiscard]] ObjectKind kind(std::size_t object) const { return history_.objects[object].kind; }
  /// Operations that may have put one value twice: nothing can then be said of the value.
  [[nodiscard]] const std::optional<std::pair<Number, Number>>& put_twice() const {
    return put_twice_;
  }

  /// "item root#3", for messages.
  [[nodiscard]] std::string name(Number value) const;
  /// What the clauses of this object's page begin with: "queue", "simple-queue", …
  [[nodiscard]] std::string_view page(std::size_t object) const;

 private:
  void add_put(Number number);
  void add_get(Number number);

  const History& history_;
  std::vector<Life> lives_;
  std::vector<ObjectIndex> objects_;
  std::optional<std::pair<Number, Number>> put_twice_ = {};
};

/// Strict: one first-in-first-out order for all processes. Buffered: a Queue or a JoinableQueue,
/// whose items are visible only after a while.
[[nodiscard]] bool is_strict(ObjectKind kind);
[[nodiscard]] bool is_buffered(ObjectKind kind);
[[nodiscard]] bool counts_tasks(ObjectKind kind);

[[nodiscard]] Finding violated(std::string checker, std::string clause, std::string why,
                               const std::vector<Number>& witness);
[[nodiscard]] Finding unknown(std::string checker, std::string why,
                              const std::vector<Number>& witness = {});
/// Unknown because one value was put twice, if one was.
[[nodiscard]] std::optional<Finding> undistinct(const Index& index, const char* checker);

// The checkers of check.h over an index that is there already.
[[nodiscard]] Finding nothing_invented(const Index& index);
[[nodiscard]] Finding nothing_duplicated(const Index& index);
[[nodiscard]] Finding nothing_lost(const Index& index);
[[nodiscard]] Finding producer_order(const Index& index);
[[nodiscard]] Finding capacity(const Index& index);
[[nodiscard]] Finding emptiness(const Index& index);
[[nodiscard]] Finding fullness(const Index& index);
[[nodiscard]] Finding sizes(const Index& index);
[[nodiscard]] Finding tasks(const Index& index);
[[nodiscard]] Finding joins(const Index& index);
[[nodiscard]] Finding timeouts(const Index& index);
[[nodiscard]] Finding fifo(const Index& index, std::size_t object);

}  // namespace psq::history
