// Interruptible: lets the waits of a thread end early, with an error of the program's own.
//
//   psq::Interruptible interruptible(throw_if_asked_to_stop, &program);
//   jobs.get();
//
// While one exists, the waits of queues in its thread call the function after each signal that the
// thread has handled, and from time to time: after 50 ms at first, after 400 ms when the wait has
// lasted for seconds. What the function throws leaves the call, which has changed nothing. For an
// interpreter, whose signal handlers run between its own instructions, and for other programs that
// cancel what waits.
//
// Processes and threads: one thread makes, uses and destroys it. A forked child has it in the
// thread that forked. Lifetime: the innermost one of a thread counts; they end in reverse order. A
// connection's waits do not know it, and no destructor does.
//
// Errors: the function is called while the library holds no lock, and may use any object of the
// library, also the one that is waited for.
//
// Clauses: failure.signal.waiting-calls.

#pragma once

#include "psq/export.h"

namespace PSQ_EXPORT psq {

// In the thread that made it, while it exists.
class Interruptible {
 public:
  // Returns when the wait shall go on, and throws when it shall end.
  using Check = void (*)(void* context);

  // Calls `function(context)`.
  Interruptible(Check function, void* context) noexcept;
  ~Interruptible();
  Interruptible(Interruptible&&) = delete;

  // Whether this thread has one.
  [[nodiscard]] static bool in_this_thread() noexcept;
  // For code that waits: calls the function of this thread's innermost one. Without one it does
  // nothing.
  static void check();

 private:
  const Check check_;
  void* const context_;
  const Interruptible* const outer_;
};

}  // namespace psq
