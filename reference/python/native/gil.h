// Calls of the library while other threads of the interpreter run.

#pragma once

#include <cxxabi.h>
#include <psq/interruptible.h>
#include <pybind11/pybind11.h>
#include <unistd.h>

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "kept.h"

namespace psq::python {

// A signal handler of the program raised, and the interpreter knows its exception.
struct Raised {};

// Whether the calling thread is the process's first one, which alone runs Python's signal handlers.
// A forked child has one thread: forget() makes it the first.
class MainThread {
 public:
  [[nodiscard]] static bool is_this() noexcept {
    static thread_local const bool is_first = gettid() == getpid();
    return is_first || is_forked_;
  }
  static void forked() noexcept { is_forked_ = true; }

 private:
  static inline thread_local bool is_forked_ = false;
};

inline void restore_thread(PyThreadState* state) {
  may_end_thread([&] { PyEval_RestoreThread(state); });
}

// Runs the handlers of signals that have arrived. `context` is the PyThreadState of this thread,
// which does not hold the GIL.
inline void run_signal_handlers(void* context) {
  auto& state = *static_cast<PyThreadState**>(context);
  restore_thread(state);
  const bool raised = PyErr_CheckSignals() != 0;
  state = PyEval_SaveThread();
  if (raised) throw Raised();
}

// Calls `call` without the GIL, and returns or throws what it does. Signal handlers run while it
// waits; throws error_already_set with what one raised. The thread may end when it takes the GIL
// back: so nothing here takes it in a destructor or where no exception may leave, and what calls
// this has its objects in a Kept.
template <typename Call>
auto without_gil(const Call& call) {
  using Result = std::invoke_result_t<Call>;
  constexpr bool kNothing = std::is_void_v<Result>;
  std::optional<std::conditional_t<kNothing, bool, Result>> result;
  std::exception_ptr error;
  PyThreadState* state = PyEval_SaveThread();
  try {
    std::optional<Interruptible> interruptible;
    if (MainThread::is_this()) interruptible.emplace(run_signal_handlers, &state);
    if constexpr (kNothing) {
      call();
    } else {
      result.emplace(call());
    }
  } catch (const abi::__forced_unwind&) {
    throw;
  } catch (...) {
    error = std::current_exception();
  }
  restore_thread(state);
  if (error != nullptr) {
    try {
      std::rethrow_exception(error);
    } catch (const Raised&) {
      throw pybind11::error_already_set();
    }
  }
  if constexpr (!kNothing) return std::move(*result);
}

}  // namespace psq::python
