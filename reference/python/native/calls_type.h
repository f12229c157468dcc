// The type of Calls: its functions, as the interpreter knows them.

#pragma once

#include <cxxabi.h>
#include <psq/error.h>
#include <pybind11/pybind11.h>

#include <array>
#include <exception>
#include <new>

#include "calls.h"
#include "values.h"

namespace psq::python::calls_type {

// Runs a call on an object that _use was called for. Errors of C++ become exceptions of Python;
// null says that one is set.
template <typename Call>
PyObject* guarded(PyObject* self, bool is_enough, const Call& call) {
  auto& calls = *reinterpret_cast<Calls*>(self);
  try {
    if (is_enough) return call(calls);
    PyErr_SetString(PyExc_TypeError,
                    "a call with missing arguments, or on a queue without __init__");
  } catch (const abi::__forced_unwind&) {
    throw;
  } catch (py::error_already_set& error) {
    error.restore();
  } catch (const py::builtin_exception& error) {
    error.set_error();
  } catch (const Error&) {
    translate(std::current_exception());
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  }
  return nullptr;
}

inline bool is_ready(PyObject* self) { return reinterpret_cast<Calls*>(self)->queue != nullptr; }

inline PyObject* use(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
  return guarded(self, count == 4, [&](Calls& calls) {
    calls.use(arguments[0], arguments[1], arguments[2], arguments[3] == Py_True);
    Py_RETURN_NONE;
  });
}

inline PyObject* put(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
  return guarded(self, count == 2 && is_ready(self), [&](Calls& calls) -> PyObject* {
    if (!calls.put(arguments[0], arguments[1])) return nullptr;
    Py_RETURN_NONE;
  });
}

inline PyObject* get(PyObject* self, PyObject* seconds) {
  return guarded(self, is_ready(self), [&](Calls& calls) { return calls.get(seconds); });
}

inline PyObject* put_many(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
  return guarded(self, count == 2 && is_ready(self), [&](Calls& calls) {
    return PyLong_FromSize_t(calls.put_many(arguments[0], arguments[1]));
  });
}

inline PyObject* get_many(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
  return guarded(self, count == 2 && is_ready(self), [&](Calls& calls) {
    const std::size_t most = PyLong_AsSize_t(arguments[0]);
    if (PyErr_Occurred() != nullptr) throw py::error_already_set();
    return calls.get_many(most, arguments[1]);
  });
}

inline void destroy(PyObject* self) {
  auto& calls = *reinterpret_cast<Calls*>(self);
  Py_XDECREF(calls.owner);
  Py_XDECREF(calls.dumps);
  Py_XDECREF(calls.loads);
  PyTypeObject* const type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

// The interpreter keeps functions of any number of arguments as those of two.
template <typename Function>
PyMethodDef method(const char* name, Function* function, int how) {
  return {name, reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function)), how,
          nullptr};
}

inline void add_to(py::module_& module) {
  static std::array methods{method("_use", use, METH_FASTCALL),
                            method("_put", put, METH_FASTCALL),
                            method("_get", get, METH_O),
                            method("_put_many", put_many, METH_FASTCALL),
                            method("_get_many", get_many, METH_FASTCALL),
                            PyMethodDef{nullptr, nullptr, 0, nullptr}};
  static std::array slots{PyType_Slot{Py_tp_methods, methods.data()},
                          PyType_Slot{Py_tp_new, reinterpret_cast<void*>(PyType_GenericNew)},
                          PyType_Slot{Py_tp_dealloc, reinterpret_cast<void*>(destroy)},
                          PyType_Slot{0, nullptr}};
  static PyType_Spec spec{.name = "psq._native.Calls",
                          .basicsize = sizeof(Calls),
                          .itemsize = 0,
                          .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                          .slots = slots.data()};
  const auto type = py::reinterpret_steal<py::object>(PyType_FromSpec(&spec));
  if (!type) throw py::error_already_set();
  module.attr("Calls") = type;
}

}  // namespace psq::python::calls_type
