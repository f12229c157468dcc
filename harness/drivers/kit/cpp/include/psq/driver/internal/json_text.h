// JSON objects written as text, member by member. The messages of a driver have known forms; a tree
// of values for them would cost every program that compiles this seconds.
#pragma once

#include <concepts>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace psq::driver::internal {

using JsonValue = nlohmann::json;

/// Never throws for text that is not UTF-8: an implementation's error message may be anything.
inline std::string to_text(const JsonValue& value) {
  return value.dump(-1, ' ', false, JsonValue::error_handler_t::replace);
}

/// One object. Members stand in the order in which they are added, so that a person who reads a log
/// finds the id first.
class JsonText {
 public:
  /// A member whose value is JSON text already.
  JsonText& json(std::string_view name, std::string_view value) {
    members_ += members_.empty() ? "\"" : ",\"";
    members_ += name;
    members_ += "\":";
    members_ += value;
    return *this;
  }
  JsonText& string(std::string_view name, std::string value) {
    return json(name, to_text(JsonValue(std::move(value))));
  }
  JsonText& boolean(std::string_view name, bool value) {
    return json(name, value ? "true" : "false");
  }
  JsonText& number(std::string_view name, std::integral auto value) {
    return json(name, std::to_string(value));
  }

  [[nodiscard]] std::string text() const { return "{" + members_ + "}"; }

 private:
  std::string members_;
};

}  // namespace psq::driver::internal
