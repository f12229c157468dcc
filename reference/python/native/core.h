// Core: a queue of the library as an object of Python.

#pragma once

#include <psq/batch.h>
#include <psq/queue_core.h>
#include <pybind11/pybind11.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "gil.h"
#include "parts.h"
#include "received.h"
#include "values.h"

namespace psq::python {

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
  [[nodiscard]] bool put(py::handle item, Timeout timeout) {
    if (py::isinstance<py::list>(item)) return put_parts(item, timeout);
    const View view(item);
    if (queue_->put_at_once(view.bytes())) return true;
    return without_gil([&] { return queue_->put(view.bytes(), timeout); });
  }
  // Null: no item came within the timeout.
  [[nodiscard]] Item get(Timeout timeout) {
    return without_gil([&] { return queue_->get_view(timeout); });
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

  [[nodiscard]] QueueCore& queue() const noexcept { return *queue_; }

 private:
  // Copies the parts before it waits: what the program changes meanwhile is not of the item, and
  // its buffers are its own again.
  bool put_parts(py::handle objects, Timeout timeout) {
    std::unique_ptr<detail::Lent> loan;
    std::string row;
    {
      const Parts parts(py::reinterpret_borrow<py::list>(objects));
      without_gil([&] {
        loan = loan_of(parts.size());
        if (loan) {
          parts.copy_to(loan->bytes());
        } else {
          reserve(row, parts.size());
          parts.append_to(row);
        }
      });
    }
    objects.attr("clear")();
    const auto begin = std::chrono::steady_clock::now();
    return without_gil([&] {
      if (loan) {
        queue_->wait_for_room(text_of(*loan).size(), timeout);
        if (const bool put = put_loan(*loan, timeout); put || is_simple()) {
          loan.reset();
          return put;
        }
        reserve(row, text_of(*loan).size());
        row += text_of(*loan);
        loan.reset();
      }
      return queue_->put_row(row, left_of(timeout, begin));
    });
  }

  // What is left of a timeout that began then: the wait for room counts.
  static Timeout left_of(Timeout timeout, std::chrono::steady_clock::time_point begin) {
    if (timeout.is_forever()) return timeout;
    return timeout.length() - (std::chrono::steady_clock::now() - begin);
  }

  // Begins a row of one item of this length.
  static void reserve(std::string& row, std::size_t length) {
    row.reserve(sizeof length + length);
    ask_for_huge_pages(row.data(), row.capacity());
    detail::append_length(row, length);
  }

  // Null where a copy is better: a loan that a Queue cannot send next is copied once more. What a
  // loan fails for, the put of a copy says.
  std::unique_ptr<detail::Lent> loan_of(std::size_t length) {
    try {
      if (queue_->sends_next()) return queue_->loan(length, no_wait);
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

  QueueKind kind_;
  std::unique_ptr<QueueCore> queue_;
};

}  // namespace psq::python
