// Kept: references of calls in which other code of Python runs.
//
// When the interpreter ends, older ones end a thread that wants the GIL, by pthread_exit. That
// unwinds the calls of the thread, which does not have the GIL: so they may not even give a
// reference back.

#pragma once

#include <cxxabi.h>
#include <pybind11/pybind11.h>

#include <utility>

namespace psq::python {

// A reference that is given back, unless the interpreter has ended the thread.
class Kept {
 public:
  // Takes a new reference over. Throws error_already_set for null.
  explicit Kept(PyObject* object) : object_(object) {
    if (object == nullptr) throw pybind11::error_already_set();
  }
  explicit Kept(pybind11::object object) noexcept : object_(object.release().ptr()) {}
  Kept(Kept&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  ~Kept() {
    if (!is_left_alone_) Py_XDECREF(object_);
  }
  static Kept second_reference_to(PyObject* object) noexcept {
    return Kept(pybind11::reinterpret_borrow<pybind11::object>(object));
  }

  [[nodiscard]] PyObject* get() const noexcept { return object_; }
  [[nodiscard]] PyObject* release() noexcept { return std::exchange(object_, nullptr); }

  // Whether this thread is being ended.
  [[nodiscard]] static bool is_left_alone() noexcept { return is_left_alone_; }

 private:
  template <typename Call>
  friend auto may_end_thread(const Call& call);

  static inline thread_local bool is_left_alone_ = false;

  PyObject* object_;
};

// Runs what may take the GIL back, or run code of Python that does. What the calls of this thread
// have meanwhile has to be in a Kept.
template <typename Call>
auto may_end_thread(const Call& call) {
  try {
    return call();
  } catch (const abi::__forced_unwind&) {
    Kept::is_left_alone_ = true;
    throw;
  }
}

}  // namespace psq::python
