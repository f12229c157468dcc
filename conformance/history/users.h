// What the processes that used an object were like, as far as it excuses what became of their
// items.
#pragma once

#include <vector>

#include "history/index.h"

namespace psq::history {

class Users {
 public:
  Users(const Index& index, std::size_t object);

  /// The process of that put was killed, said that it would not wait for its items, or was closing
  /// the object at the same time: the law leaves open what becomes of an item that it had not
  /// flushed.
  [[nodiscard]] bool may_drop(const Operation& put) const;
  /// A process was killed in an operation on the object, or may have been while it flushed what it
  /// had put: other processes may find nothing from then on.
  [[nodiscard]] bool may_hang() const { return may_hang_; }
  /// When everything that the process put was visible; kNever where nothing says so.
  [[nodiscard]] Time flushed(std::uint16_t process) const { return flushed_[process]; }
  /// When the first process of all was killed; kNever when none was.
  [[nodiscard]] Time first_kill() const { return first_kill_; }

 private:
  struct Closing {
    Time invoked;
    Time returned;
  };
  void note(const Operation& operation, ObjectKind kind);

  std::vector<bool> drops_;
  std::vector<std::vector<Closing>> closings_;
  std::vector<Time> flushed_;
  std::vector<Time> joined_;
  std::vector<bool> killed_;
  bool may_hang_ = false;
  Time first_kill_ = kNever;
};

}  // namespace psq::history
