// What the reference's probes do in the faulty library: they ask the chosen fault. The reference's
// sources include this header, as PSQ_PROBES, instead of the empty functions of src/probe.h.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string_view>
#include <typeinfo>

namespace psq::faulty {

/// Runs what the chosen fault does at this crash point.
void reached(std::string_view point);

/// Lets the chosen fault change the value of this decision. `type` is that of the function
/// void(Value&, const Context&...).
void decide(std::string_view decision, const std::type_info& type, void* value,
            std::span<const void* const> context);

}  // namespace psq::faulty

namespace psq::detail {

inline void at(std::string_view point) { faulty::reached(point); }

template <typename Value, typename... Context>
Value altered(std::string_view decision, Value value, const Context&... context) {
  const std::array<const void*, sizeof...(Context)> addresses{std::addressof(context)...};
  faulty::decide(decision, typeid(void(Value&, const Context&...)), &value, addresses);
  return value;
}

}  // namespace psq::detail
