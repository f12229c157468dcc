// psq._native: the library's queues of bytes for the package psq, which makes them what
// multiprocessing has.

#include <psq/process.h>
#include <psq/queue_core.h>
#include <psq/version.h>

#include <memory>

#include "batches.h"
#include "gil.h"
#include "parts.h"
#include "values.h"

namespace psq::python {
namespace {

namespace py = pybind11;
using detail::QueueCore;
using detail::QueueKind;

// A queue of bytes. Any thread may call any method.
class Core {
 public:
  Core(QueueKind kind, std::unique_ptr<QueueCore> queue) : kind_(kind), queue_(std::move(queue)) {}

  static Core create(QueueKind kind, std::int64_t maxsize, std::int64_t unfinished) {
    return Core(kind,
                QueueCore::create({.kind = kind, .maxsize = maxsize, .unfinished = unfinished}));
  }
  static Core create_at(QueueKind kind, const std::string& path, std::int64_t maxsize,
                        mode_t mode) {
    return Core(kind, QueueCore::create_at(path, mode, {.kind = kind, .maxsize = maxsize}));
  }
  static Core open_at(QueueKind kind, const std::string& path) {
    return Core(kind, QueueCore::open_at(kind, path));
  }
  static Core from_handle(QueueKind kind, const std::string& token) {
    return Core(kind, QueueCore::open(kind, token));
  }
  static Core adopt(QueueKind kind, int descriptor) {
    return Core(kind, QueueCore::adopt(kind, descriptor));
  }

  void check_open() const { queue_->check_open(); }
  // Of an object with a buffer; or of a list of them, the parts of the item, which it empties.
  [[nodiscard]] bool put(const py::object& item, const py::object& seconds) {
    const Timeout timeout = timeout_of(seconds);
    if (py::isinstance<py::list>(item)) return put_parts(item, timeout);
    const View view(item);
    return without_gil([&] { return queue_->put(view.bytes(), timeout); });
  }
  // None: no item came within the timeout.
  [[nodiscard]] py::object get(const py::object& seconds) {
    const Timeout timeout = timeout_of(seconds);
    auto item = without_gil([&] { return queue_->get(timeout); });
    if (!item) return py::none();
    return received(std::move(*item));
  }
  std::size_t put_many(const py::object& items, const py::object& seconds) {
    const Timeout timeout = timeout_of(seconds);
    const auto [row, count] = row_of_objects(items);
    return without_gil(
        [&, &row = row, count = count] { return queue_->put_many(row, count, timeout); });
  }
  [[nodiscard]] py::list get_many(std::size_t most, const py::object& seconds) {
    const Timeout timeout = timeout_of(seconds);
    std::string row;
    without_gil([&] { return queue_->get_many(row, most, timeout); });
    return objects_of_row(row);
  }

  [[nodiscard]] std::size_t qsize() const { return queue_->qsize(); }
  [[nodiscard]] bool empty() const { return queue_->empty(); }
  [[nodiscard]] bool full() const { return queue_->full(); }
  void close() { queue_->close(); }
  void join_thread() {
    without_gil([&] { queue_->join_thread(); });
  }
  [[nodiscard]] bool flushed() const { return queue_->flushed(); }
  void cancel_join_thread() { queue_->cancel_join_thread(); }
  void task_done() { queue_->task_done(); }
  [[nodiscard]] bool join(const py::object& seconds) {
    const Timeout timeout = timeout_of(seconds);
    return without_gil([&] { return queue_->join(timeout); });
  }
  [[nodiscard]] int fileno() const { return queue_->fd(); }
  [[nodiscard]] Handle handle() const { return queue_->handle(); }
  [[nodiscard]] int descriptor() const { return queue_->descriptor(); }

 private:
  // Copies the parts before it waits: what the program changes meanwhile is not of the item, and
  // its buffers are its own again.
  bool put_parts(const py::list& objects, Timeout timeout) {
    std::unique_ptr<detail::Lent> loan;
    std::string joined;
    {
      const Parts parts(objects);
      without_gil([&] {
        loan = loan_of(parts.size());
        if (loan)
          parts.copy_to(loan->bytes());
        else
          parts.append_to(joined);
      });
    }
    objects.attr("clear")();
    return without_gil([&] {
      if (loan) {
        if (const bool put = put_loan(*loan, timeout); put || is_simple()) {
          loan.reset();
          return put;
        }
        joined = text_of(*loan);
        loan.reset();
      }
      return queue_->put(joined, timeout);
    });
  }

  // Null where a copy is better: a loan that a Queue cannot send at once is copied once more. What
  // a loan fails for, the put of a copy says.
  std::unique_ptr<detail::Lent> loan_of(std::size_t length) {
    try {
      if (is_simple() || queue_->empty()) return queue_->loan(length, no_wait);
    } catch (const SystemError&) {
    }
    return nullptr;
  }

  // A loan waits for room alone, which any consumer makes. It does not wait for a slot: that may be
  // one of an item of another process, which waits for the loan's place.
  bool put_loan(detail::Lent& loan, Timeout timeout) {
    return queue_->put_lent(&loan, is_simple() ? timeout : no_wait);
  }

  [[nodiscard]] bool is_simple() const noexcept { return kind_ == QueueKind::kSimple; }
  static std::string_view text_of(const detail::Lent& loan) noexcept {
    return {reinterpret_cast<const char*>(loan.bytes().data()), loan.bytes().size()};
  }

  QueueKind kind_;
  std::unique_ptr<QueueCore> queue_;
};

void add_received(py::module_& module) {
  py::class_<Received>(module, "Received", py::buffer_protocol()).def_buffer([](Received& item) {
    return py::buffer_info(reinterpret_cast<unsigned char*>(item.bytes.data()),
                           static_cast<py::ssize_t>(item.bytes.size()));
  });
}

void add_core(py::module_& module) {
  py::enum_<QueueKind>(module, "Kind")
      .value("SIMPLE", QueueKind::kSimple)
      .value("PLAIN", QueueKind::kPlain)
      .value("JOINABLE", QueueKind::kJoinable);
  py::class_<Core>(module, "Core")
      .def_static("create", &Core::create, py::arg("kind"), py::arg("maxsize") = 0,
                  py::arg("unfinished") = 0)
      .def_static("create_at", &Core::create_at)
      .def_static("open_at", &Core::open_at)
      .def_static("from_handle", &Core::from_handle)
      .def_static("adopt", &Core::adopt)
      .def("check_open", &Core::check_open)
      .def("put", &Core::put)
      .def("get", &Core::get)
      .def("put_many", &Core::put_many)
      .def("get_many", &Core::get_many)
      .def("qsize", &Core::qsize)
      .def("empty", &Core::empty)
      .def("full", &Core::full)
      .def("close", &Core::close)
      .def("join_thread", &Core::join_thread)
      .def("flushed", &Core::flushed)
      .def("cancel_join_thread", &Core::cancel_join_thread)
      .def("task_done", &Core::task_done)
      .def("join", &Core::join)
      .def("fileno", &Core::fileno)
      .def("handle", &Core::handle)
      .def("descriptor", &Core::descriptor);
  py::class_<Handle>(module, "NativeHandle")
      .def_property_readonly("token", &Handle::token)
      .def_property_readonly("descriptor", &Handle::descriptor);
}

}  // namespace
}  // namespace psq::python

PYBIND11_MODULE(_native, module) {
  using namespace psq::python;
  py::register_local_exception_translator(translate);
  add_received(module);
  add_core(module);
  module.attr("Closed") = closed_error();
  module.attr("VERSION") = PSQ_VERSION_STRING;
  module.attr("MAX_SIZE") = psq::kMaxSize;
  module.def("finish", [] { without_gil([] { psq::finish(); }); });
  module.def("forked", &MainThread::forked);
}
