// Calls: put and get, whole, as the interpreter calls functions of C. The types of the package are
// made of it (psq/queues.py); what a program calls seldom is a Core's.
//
// A call first tries with the GIL held, where it would neither wait nor copy much: that costs less
// than to release the GIL and to take it back.

#pragma once

#include <psq/batch.h>
#include <pybind11/pybind11.h>

#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "core.h"
#include "gil.h"
#include "kept.h"
#include "parts.h"
#include "plain.h"
#include "received.h"
#include "values.h"

namespace psq::python {

// Text of the calling thread, which keeps its memory from one use to the next. While one is in use,
// code of Python may run that uses another one.
class Scratch {
 public:
  Scratch() noexcept : text(std::move(kept())) { text.clear(); }
  Scratch(Scratch&&) = delete;
  ~Scratch() {
    if (text.capacity() <= kMostKept) kept() = std::move(text);
  }

  std::string text;

 private:
  static constexpr std::size_t kMostKept = std::size_t{64} << 10;

  static std::string& kept() noexcept {
    static thread_local std::string text;
    return text;
  }
};

// The base of the types. Its members are those of an object of the interpreter, in zeroed memory.
struct Calls {
  // _use(core, dumps, loads, is_pickle): comes before all other calls. `dumps` and `loads` are
  // those of a codec (psq/codecs.py); plain values need neither where `is_pickle` is true.
  void use(PyObject* of_core, PyObject* with_dumps, PyObject* with_loads, bool with_pickle);

  // _put(value, seconds). False, with an exception set: Full. Throws Closed, and what the pickling
  // raises. Before the first put in a process it calls _will_put of its object.
  bool put(PyObject* value, PyObject* seconds);
  // _get(seconds): a new reference. Null, with an exception set: Empty. Throws Closed, and what the
  // unpickling raises.
  PyObject* get(PyObject* seconds);
  // _put_many(values, seconds): how many were put.
  std::size_t put_many(PyObject* values, PyObject* seconds);
  // _get_many(most, seconds): a new list.
  PyObject* get_many(std::size_t most, PyObject* seconds);

  // In a forked child, where each object tells again of its first put.
  static void forked() noexcept { ++process; }
  static inline unsigned process = 1;

  PyObject object;
  PyObject* owner;  // Keeps the core.
  Core* core;
  QueueCore* queue;
  PyObject* dumps;
  PyObject* loads;
  bool is_pickle;
  unsigned putting;  // The last process in which it put; zero for none.

 private:
  void will_put();
  [[nodiscard]] Kept dumped(PyObject* value) const;
  void append_item(std::string& row, PyObject* value) const;
  [[nodiscard]] Kept loaded(std::string_view item) const;
  [[nodiscard]] Kept loaded(Item item) const;
  // A second reference, for a call that may release the GIL.
  [[nodiscard]] Kept kept() const { return Kept::second_reference_to(owner); }
};

// Calls code of Python. Throws what it raises.
inline Kept called(PyObject* function, PyObject* argument) {
  return may_end_thread([&] { return Kept(PyObject_CallOneArg(function, argument)); });
}

// What a module has that takes long to import. No static local variable of a function would do:
// a thread that waited for another one's import would wait with the GIL, which that one needs.
class Imported {
 public:
  constexpr Imported(const char* module, const char* name) noexcept
      : module_(module), name_(name) {}

  // Lives as long as the process.
  [[nodiscard]] PyObject* get() {
    if (found_ != nullptr) return found_;
    PyObject* const found = may_end_thread(
        [&] { return py::object(py::module_::import(module_).attr(name_)).release().ptr(); });
    return found_ = found;
  }

 private:
  const char* module_;
  const char* name_;
  PyObject* found_ = nullptr;
};

inline constinit Imported full{"queue", "Full"};
inline constinit Imported empty{"queue", "Empty"};
inline constinit Imported unpickle{"pickle", "loads"};

inline void Calls::use(PyObject* of_core, PyObject* with_dumps, PyObject* with_loads,
                       bool with_pickle) {
  core = &py::cast<Core&>(py::handle(of_core));
  queue = &core->queue();
  is_pickle = with_pickle;
  for (const auto& [own, given] :
       {std::pair(&owner, of_core), std::pair(&dumps, with_dumps), std::pair(&loads, with_loads)}) {
    Py_INCREF(given);
    Py_XDECREF(std::exchange(*own, given));
  }
}

inline bool Calls::put(PyObject* value, PyObject* seconds) {
  const Timeout timeout = timeout_of(seconds);
  if (putting != process) will_put();
  bool is_put = false;
  Scratch pickle;
  if (is_pickle && PlainPickler(pickle.text).append(value)) {
    if (queue->put_at_once(pickle.text)) return true;
    const Kept keeps = kept();
    is_put = without_gil([&, to = queue] { return to->put(pickle.text, timeout); });
  } else {
    const Kept data = dumped(value);
    const Kept keeps = kept();
    is_put = core->put(data.get(), timeout);
  }
  if (!is_put) PyErr_SetNone(full.get());
  return is_put;
}

inline PyObject* Calls::get(PyObject* seconds) {
  const Timeout timeout = timeout_of(seconds);
  Scratch row;
  if (queue->get_at_once(row.text, 1) > 0) return loaded(detail::first_of(row.text)).release();
  const Kept keeps = kept();
  if (Item item = core->get(timeout)) return loaded(std::move(item)).release();
  PyErr_SetNone(empty.get());
  return nullptr;
}

inline std::size_t Calls::put_many(PyObject* values, PyObject* seconds) {
  const Timeout timeout = timeout_of(seconds);
  queue->check_open();
  Scratch row;
  std::size_t count = 0;
  const Kept iterator(may_end_thread([&] { return PyObject_GetIter(values); }));
  const auto next = [&] { return may_end_thread([&] { return PyIter_Next(iterator.get()); }); };
  while (PyObject* const value = next()) {
    append_item(row.text, Kept(value).get());
    ++count;
  }
  if (PyErr_Occurred() != nullptr) throw py::error_already_set();
  if (putting != process) will_put();
  const Kept keeps = kept();
  return without_gil([&, to = queue] { return to->put_many(row.text, count, timeout); });
}

inline PyObject* Calls::get_many(std::size_t most, PyObject* seconds) {
  const Timeout timeout = timeout_of(seconds);
  const Kept keeps = kept();
  Scratch row;
  without_gil([&, from = queue] { return from->get_many(row.text, most, timeout); });
  Kept items(PyList_New(0));
  for (std::string_view left = row.text; !left.empty(); left = detail::without_first(left)) {
    const Kept value = loaded(detail::first_of(left));
    if (PyList_Append(items.get(), value.get()) != 0) throw py::error_already_set();
  }
  return items.release();
}

inline void Calls::will_put() {
  auto* const self = reinterpret_cast<PyObject*>(this);
  const Kept none(may_end_thread([&] { return PyObject_CallMethod(self, "_will_put", nullptr); }));
  putting = process;
}

// That the queue is closed comes before what the codec raises.
inline Kept Calls::dumped(PyObject* value) const {
  try {
    return called(dumps, value);
  } catch (const py::error_already_set&) {
    queue->check_open();
    throw;
  }
}

// In a row of psq/batch.h.
inline void Calls::append_item(std::string& row, PyObject* value) const {
  const std::size_t before = row.size();
  detail::append_length(row, 0);
  const std::size_t begin = row.size();
  if (!is_pickle || !PlainPickler(row).append(value)) append_bytes_of(row, dumped(value).get());
  const std::size_t length = row.size() - begin;
  std::memcpy(row.data() + before, &length, sizeof length);
}

inline Kept Calls::loaded(std::string_view item) const {
  if (is_pickle) {
    PyObject* const plain = PlainUnpickler(item).value();
    if (plain != nullptr || PyErr_Occurred() != nullptr) return Kept(plain);
  }
  const Kept bytes(PyBytes_FromStringAndSize(item.data(), static_cast<Py_ssize_t>(item.size())));
  if (is_pickle && !item.empty() && item.front() == opcode::kProto)
    return called(unpickle.get(), bytes.get());
  return called(loads, bytes.get());
}

inline Kept Calls::loaded(Item item) const {
  const std::string_view bytes = text_of(*item);
  if (bytes.size() <= kCopied) return loaded(bytes);
  if (!is_pickle) return called(loads, bytes_behind(0, std::move(item)).get());
  if (const auto begin = begin_of_bytes(bytes)) return bytes_behind(*begin, std::move(item));
  return called(loads, received(std::move(item)).get());
}

}  // namespace psq::python
