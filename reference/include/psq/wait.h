// wait(): waits for the first of several events: a message, an item, the end of a process.
//
//   for (psq::Waitable* each : psq::wait({&results, &worker}, 200ms)) …
//
// Processes and threads: as for each object; wait changes none of them. Lifetime: the objects must
// outlive the call. Units: any std::chrono duration.
//
// Clauses: pipe.wait.ready-subset, pipe.wait.timeout-empty, pipe.wait.zero-at-once,
// pipe.wait.takes-nothing, pipe.wait.closed-member, pipe.wait.same-end-twice.

#pragma once

#include <concepts>
#include <ranges>
#include <vector>

#include "psq/export.h"
#include "psq/timeout.h"

namespace PSQ_EXPORT psq {

// What wait takes: an end of a pipe, a queue or a Process.
class Waitable {
 public:
  virtual ~Waitable() = default;

  // A descriptor that is readable when a message or the end of the stream can be received, a get
  // would find an item, or the process has ended: for poll(2) and the like. The object keeps it.
  // -1: the connection is closed.
  [[nodiscard]] virtual int fd() const = 0;

 protected:
  Waitable() = default;
  Waitable(Waitable&&) = default;
  Waitable& operator=(Waitable&&) = default;
};

// Waits until one of the objects is ready, or until the timeout has passed. Returns all that are
// ready, in the order of `objects`, and receives nothing. A connection is ready when a message or
// the end of the stream can be received; one that only sends, when its receiver is gone. A queue is
// ready when a get would find an item (see its fd), a Process when it has ended. The objects may be
// of different types: wait({&jobs, &worker}, 200ms). Throws Closed when one of them is closed,
// InvalidArgument when one is null, and what fd() throws.
[[nodiscard]] PSQ_EXPORT std::vector<Waitable*> wait(const std::vector<Waitable*>& objects,
                                                     Timeout timeout = forever);

// The same for any range of pointers to objects of one type.
template <std::ranges::input_range Range, typename Pointer = std::ranges::range_value_t<Range>>
requires std::convertible_to<Pointer, Waitable*>
[[nodiscard]] std::vector<Pointer> wait(const Range& objects, Timeout timeout = forever) {
  const std::vector<Waitable*> all(objects.begin(), objects.end());
  std::vector<Pointer> ready;
  for (auto* each : wait(all, timeout)) ready.push_back(static_cast<Pointer>(each));
  return ready;
}

}  // namespace psq
