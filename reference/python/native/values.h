// Arguments and results of the module: bytes, timeouts, and the errors of the library.

#pragma once

#include <psq/error.h>
#include <psq/timeout.h>
#include <pybind11/pybind11.h>

#include <string>
#include <string_view>
#include <utility>

#include "kept.h"

namespace psq::python {

// The bytes of any object with a contiguous buffer, which cannot be resized meanwhile.
class View {
 public:
  // Throws TypeError and BufferError.
  explicit View(pybind11::handle object) {
    if (PyObject_GetBuffer(object.ptr(), &buffer_, PyBUF_SIMPLE) != 0)
      throw pybind11::error_already_set();
  }
  View(View&&) = delete;
  ~View() {
    if (!Kept::is_left_alone()) PyBuffer_Release(&buffer_);
  }

  [[nodiscard]] std::string_view bytes() const noexcept {
    return {static_cast<const char*>(buffer_.buf), static_cast<std::size_t>(buffer_.len)};
  }

 private:
  Py_buffer buffer_{};
};

// Seconds; None is no timeout. Throws TypeError for other types.
inline Timeout timeout_of(pybind11::handle seconds) {
  if (seconds.is_none()) return forever;
  const double length = PyFloat_AsDouble(seconds.ptr());
  if (length == -1.0 && PyErr_Occurred() != nullptr) throw pybind11::error_already_set();
  return std::chrono::duration<double>(length);
}

// psq.Closed: multiprocessing's queues raise ValueError when they are closed, and its SimpleQueue
// and connections OSError; this is both.
inline pybind11::handle closed_error() {
  static PyObject* const type = PyErr_NewExceptionWithDoc(
      "psq.Closed", "The queue is closed in this process.",
      pybind11::make_tuple(pybind11::handle(PyExc_ValueError), pybind11::handle(PyExc_OSError))
          .ptr(),
      nullptr);
  return type;
}

// Makes the library's errors those of multiprocessing.
inline void translate(std::exception_ptr error) {
  try {
    if (error) std::rethrow_exception(error);
  } catch (const Closed&) {
    PyErr_SetString(closed_error().ptr(), "Queue is closed");
  } catch (const TaskDoneTooOften&) {
    PyErr_SetString(PyExc_ValueError, "task_done() called too many times");
  } catch (const CountOverflow& wrong) {
    PyErr_SetString(PyExc_ValueError, wrong.what());
  } catch (const InvalidArgument& wrong) {
    PyErr_SetString(PyExc_ValueError, wrong.what());
  } catch (const NotStarted& wrong) {
    PyErr_SetString(PyExc_AssertionError, wrong.what());
  } catch (const SystemError& wrong) {
    const auto arguments = pybind11::make_tuple(wrong.code().value(), wrong.what());
    PyErr_SetObject(PyExc_OSError, arguments.ptr());
  } catch (const Error& wrong) {
    PyErr_SetString(PyExc_OSError, wrong.what());
  }
}

}  // namespace psq::python
