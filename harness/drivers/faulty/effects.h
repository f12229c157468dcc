// The kinds of effects: what a row of the tables changes. fault.h says which to take.
#pragma once

#include <initializer_list>
#include <utility>

#include "behaviour.h"
#include "fault.h"

namespace psq::faulty {

/// Replaces calls of all queues of some kinds.
class Queues {
 public:
  constexpr Queues(bool simple, bool plain, bool joinable) : chosen_{simple, plain, joinable} {}

  [[nodiscard]] bool have(QueueKind kind) const { return chosen_[static_cast<std::size_t>(kind)]; }

  template <typename F>
  [[nodiscard]] Effect check_open(F call) const {
    return replace(&QueueCalls::check_open, std::move(call));
  }
  template <typename F>
  [[nodiscard]] Effect put(F call) const {
    return replace(&QueueCalls::put, std::move(call));
  }
  template <typename F>
  [[nodiscard]] Effect get(F call) const {
    return replace(&QueueCalls::get, std::move(call));
  }
  template <typename F>
  [[nodiscard]] Effect qsize(F call) const {
    return replace(&QueueCalls::qsize, std::move(call));
  }
  template <typename F>
  [[nodiscard]] Effect empty(F call) const {
    return replace(&QueueCalls::empty, std::move(call));
  }
  template <typename F>
  [[nodiscard]] Effect full(F call) const {
    return replace(&QueueCalls::full, std::move(call));
  }
  template <typename F>
  [[nodiscard]] Effect close(F call) const {
    return replace(&QueueCalls::close, std::move(call));
  }
  template <typename F>
  [[nodiscard]] Effect join_thread(F call) const {
    return replace(&QueueCalls::join_thread, std::move(call));
  }
  template <typename F>
  [[nodiscard]] Effect cancel_join_thread(F call) const {
    return replace(&QueueCalls::cancel_join_thread, std::move(call));
  }
  template <typename F>
  [[nodiscard]] Effect task_done(F call) const {
    return replace(&QueueCalls::task_done, std::move(call));
  }
  template <typename F>
  [[nodiscard]] Effect join(F call) const {
    return replace(&QueueCalls::join, std::move(call));
  }
  template <typename F>
  [[nodiscard]] Effect drop(F call) const {
    return replace(&QueueCalls::drop, std::move(call));
  }

 private:
  template <typename Function, typename F>
  [[nodiscard]] Effect replace(Function QueueCalls::*member, F call) const {
    return [chosen = chosen_, member, call = Function(std::move(call))](Behaviour& behaviour) {
      for (std::size_t kind = 0; kind < chosen.size(); ++kind)
        if (chosen[kind]) behaviour.queues[kind].*member = call;
    };
  }

  std::array<bool, 3> chosen_;  // By QueueKind.
};

inline constexpr Queues simple_queues{true, false, false};
inline constexpr Queues joinable_queues{false, false, true};
inline constexpr Queues queues{false, true, true};  // Those that have slots and a feeder.
inline constexpr Queues all_queues{true, true, true};

/// Replaces every operation of every object: call(object, operation, the driver's call). The
/// object does right; errors of the library leave its `perform` as exceptions.
template <typename F>
[[nodiscard]] Effect perform(F call) {
  return [call](Behaviour& behaviour) { behaviour.driver.perform = call; };
}

/// Changes what an object is created with, or does something besides: call(driver::Creation&).
template <typename F>
[[nodiscard]] Effect create(F call) {
  return [call](Behaviour& behaviour) { behaviour.driver.create = call; };
}

/// In each child, before it begins: call(const driver::SpawnOptions&).
template <typename F>
[[nodiscard]] Effect in_child(F call) {
  return [call](Behaviour& behaviour) { behaviour.driver.in_child = call; };
}

/// Changes a decision of the library: call(Value&, const Context&...).
template <typename Value, typename... Context, typename F>
[[nodiscard]] Effect alter_as(std::string_view decision, F call) {
  const auto apply = [call]<std::size_t... I>(void* value,
                                              [[maybe_unused]] std::span<const void* const> context,
                                              std::index_sequence<I...>) {
    call(*static_cast<Value*>(value), *static_cast<const Context*>(context[I])...);
  };
  return [=](Behaviour& behaviour) {
    behaviour.alterations.push_back({decision, typeid(void(Value&, const Context&...)),
                                     [apply](void* value, std::span<const void* const> context) {
                                       apply(value, context, std::index_sequence_for<Context...>());
                                     }});
  };
}

template <typename F, typename Value, typename... Context>
[[nodiscard]] Effect alter_by(std::string_view decision, F call,
                              void (F::*)(Value&, const Context&...) const) {
  return alter_as<Value, Context...>(decision, std::move(call));
}

template <typename F>
[[nodiscard]] Effect alter(std::string_view decision, F call) {
  return alter_by(decision, std::move(call), &F::operator());
}

/// At a crash point: call(). It may throw where the library's function may.
template <typename F>
[[nodiscard]] Effect at_point(std::string_view point, F call) {
  return [=](Behaviour& behaviour) { behaviour.points.push_back({point, call}); };
}

}  // namespace psq::faulty
