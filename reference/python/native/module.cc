// psq._native: the library's queues of bytes for the package psq, which makes them what
// multiprocessing has.

#include <psq/process.h>
#include <psq/version.h>

#include "calls_type.h"
#include "core.h"
#include "gil.h"
#include "received.h"
#include "values.h"

namespace psq::python {
namespace {

void add_received(py::module_& module) {
  py::class_<Received>(module, "Received", py::buffer_protocol()).def_buffer([](Received& item) {
    return py::buffer_info(reinterpret_cast<unsigned char*>(item.data()),
                           static_cast<py::ssize_t>(item.size()));
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
      .def("put", [](Core& core, const py::object& item,
                     const py::object& seconds) { return core.put(item, timeout_of(seconds)); })
      .def("get",
           [](Core& core, const py::object& seconds) {
             Item item = core.get(timeout_of(seconds));
             if (!item) return py::object(py::none());
             return py::reinterpret_steal<py::object>(received(std::move(item)).release());
           })
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
  calls_type::add_to(module);
  module.attr("Closed") = closed_error();
  module.attr("VERSION") = PSQ_VERSION_STRING;
  module.attr("MAX_SIZE") = psq::kMaxSize;
  module.attr("BYTES_PICKLE") = py::bytes(kBytesPickle.data(), kBytesPickle.size());
  module.def("finish", [] { without_gil([] { psq::finish(); }); });
  module.def("forked", [] {
    MainThread::forked();
    Calls::forked();
  });
}
