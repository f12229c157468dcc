// Histories written by hand, for tests: one line an operation, as a person would tell it.
#pragma once

#include <string>

#include "history/history.h"

namespace psq::history {

/// Builds a history of one object. Threads are named "PROCESS" or "PROCESS.THREAD"; items are
/// numbered by their producer, which is the thread's process. Times are whatever the test likes.
class Recording {
 public:
  explicit Recording(ObjectKind kind, std::int64_t maxsize = 0, std::int64_t unfinished = 0);

  /// A call that ended so; the last one added can be changed through last().
  Recording& put(const std::string& thread, int seq, Time invoked, Time returned,
                 Result result = Result::kOk);
  Recording& get(const std::string& thread, const std::string& from, int seq, Time invoked,
                 Time returned);
  Recording& call(Operator op, const std::string& thread, Time invoked, Time returned,
                  Result result = Result::kOk);
  Recording& asks(Operator op, const std::string& thread, Time invoked, Time returned, bool answer);
  Recording& qsize(const std::string& thread, Time invoked, Time returned, std::int64_t number);
  Recording& within(Time timeout);  // the timeout of the last operation
  Recording& dies(const std::string& process, Death death, Time at);
  Recording& complete();

  [[nodiscard]] Operation& last() { return history_.operations.back(); }
  [[nodiscard]] const History& history() const { return history_; }
  operator const History&() const { return history_; }  // NOLINT: a recording is a history

 private:
  Operation& add(const std::string& thread, Operation operation);
  std::uint16_t process(const std::string& name);
  std::int64_t value(const std::string& from, int seq);

  History history_ = {};
};

}  // namespace psq::history
