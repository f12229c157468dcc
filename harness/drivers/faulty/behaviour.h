// What the chosen fault changes: filled once by its effects, then only read. Empty functions change
// nothing.
#pragma once

#include <psq/driver/adapter.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <typeindex>
#include <vector>

#include "adapter_calls.h"
#include "src/local_queue.h"

namespace psq::faulty {

using detail::CoreOptions;
using detail::LocalQueue;
using detail::QueueKind;

/// The calls of one kind of queue. Each gets the queue as it is in this process, which does right.
struct QueueCalls {
  std::function<void(LocalQueue&)> check_open;
  std::function<bool(LocalQueue&, std::string_view, Timeout)> put;
  std::function<std::optional<std::string>(LocalQueue&, Timeout)> get;
  std::function<std::size_t(LocalQueue&)> qsize;
  std::function<bool(LocalQueue&)> empty;
  std::function<bool(LocalQueue&)> full;
  std::function<void(LocalQueue&)> close;
  std::function<void(LocalQueue&)> join_thread;
  std::function<void(LocalQueue&)> cancel_join_thread;
  std::function<void(LocalQueue&)> task_done;
  std::function<bool(LocalQueue&, Timeout)> join;
  std::function<void(std::unique_ptr<LocalQueue>)> drop;
};

/// The calls of the driver's adapter and of its objects.
struct DriverCalls {
  /// An operation on an object, which is the right one.
  std::function<driver::Result(driver::Object&, const driver::Operation&, driver::Call&)> perform;
  /// Before an object is created; may change what it is created with.
  std::function<void(driver::Creation&)> create;
  /// In a child, before anything else.
  std::function<void(const driver::SpawnOptions&)> in_child;
};

struct Alteration {
  std::string_view decision;
  std::type_index type;
  std::function<void(void* value, std::span<const void* const> context)> apply;
};

struct PointAction {
  std::string_view point;
  std::function<void()> act;
};

struct Behaviour {
  std::array<QueueCalls, 3> queues;  // By QueueKind.
  DriverCalls driver;
  AdapterCalls adapter;
  std::vector<Alteration> alterations;
  std::vector<PointAction> points;
};

/// The behaviour of this process; right without a fault.
[[nodiscard]] Behaviour& behaviour();

}  // namespace psq::faulty
