// The fields of a request. A wrong field gets a message that names the right form.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "psq/driver/internal/json_text.h"
#include "psq/driver/operation.h"
#include "psq/driver/outcome.h"

namespace psq::driver::internal {

[[noreturn]] inline void refuse(const std::string& message) {
  throw Refusal(Outcome::kBadRequest, message);
}

/// The first 80 characters of a value, for messages.
inline std::string excerpt(const JsonValue& value) {
  std::string text = value.dump(-1, ' ', true, JsonValue::error_handler_t::replace);
  if (text.size() > 80) text = text.substr(0, 77) + "...";
  return text;
}

/// One JSON object of a request, and its name in messages. Every function throws Refusal for a
/// field of another type. The functions named "optional" treat null as an absent field.
class Fields {
 public:
  /// `object` must outlive this.
  Fields(const JsonValue& object, std::string where) : object_(object), where_(std::move(where)) {}

  [[nodiscard]] const std::string& where() const { return where_; }

  [[nodiscard]] bool has(const char* name) const { return find(name) != nullptr; }

  [[nodiscard]] bool boolean(const char* name, bool otherwise) const {
    const JsonValue* value = find(name);
    if (value == nullptr) return otherwise;
    if (!value->is_boolean()) complain(name, "must be true or false", *value);
    return value->get<bool>();
  }

  [[nodiscard]] std::string text(const char* name) const {
    const JsonValue& value = required(name);
    if (!value.is_string()) complain(name, "must be a string", value);
    return value.get<std::string>();
  }

  /// A string that is not empty.
  [[nodiscard]] std::string name(const char* field) const {
    std::string value = text(field);
    if (value.empty()) complain(field, "must not be empty", required(field));
    return value;
  }

  [[nodiscard]] std::vector<std::string> names(const char* field) const {
    const JsonValue& value = required(field);
    if (!value.is_array()) complain(field, "must be a list of names", value);
    std::vector<std::string> result;
    for (const JsonValue& each : value) {
      if (!each.is_string() || each.get_ref<const std::string&>().empty()) {
        complain(field, "must be a list of names", value);
      }
      result.push_back(each.get<std::string>());
    }
    return result;
  }

  /// A number beyond 64 bits becomes the nearest that fits, which is outside every range too.
  [[nodiscard]] std::optional<std::int64_t> optional_integer(const char* name) const {
    const JsonValue* value = find(name);
    if (value == nullptr || value->is_null()) return std::nullopt;
    if (const auto integer = to_integer(*value)) return integer;
    complain(name, "must be a whole number", *value);
  }

  [[nodiscard]] std::int64_t integer(const char* name) const {
    const JsonValue& value = required(name);
    if (const auto integer = to_integer(value)) return *integer;
    complain(name, "must be a whole number", value);
  }

  /// An integer from `least` to `most`.
  [[nodiscard]] std::int64_t integer(const char* name, std::int64_t least,
                                     std::int64_t most) const {
    const std::int64_t value = integer(name);
    if (value < least || value > most) {
      complain(name, "must be from " + std::to_string(least) + " to " + std::to_string(most),
               required(name));
    }
    return value;
  }

  /// A duration for a sleep: finite and not negative.
  [[nodiscard]] Seconds seconds(const char* name) const {
    const JsonValue& value = required(name);
    if (!value.is_number() || !(value.get<double>() >= 0) || value.get<double>() > 1e9) {
      complain(name, "must be a number of seconds, not negative", value);
    }
    return Seconds{value.get<double>()};
  }

  /// nullopt means no timeout. `absent` is the result for a request without the field.
  [[nodiscard]] std::optional<Seconds> timeout(std::optional<Seconds> absent = std::nullopt) const {
    const JsonValue* value = find("timeout");
    if (value == nullptr) return absent;
    if (value->is_null()) return std::nullopt;
    if (value->is_number()) return Seconds{value->get<double>()};
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (*value == "inf") return Seconds{kInfinity};
    if (*value == "-inf") return Seconds{-kInfinity};
    if (*value == "nan") return Seconds{std::numeric_limits<double>::quiet_NaN()};
    complain("timeout", R"(must be a number of seconds, null, "nan", "inf" or "-inf")", *value);
  }

  [[nodiscard]] const JsonValue& required(const char* name) const {
    const JsonValue* value = find(name);
    if (value == nullptr) refuse(where_ + " needs the field '" + name + "'");
    return *value;
  }

  [[noreturn]] void complain(const char* name, const std::string& rule, const JsonValue& is) const {
    refuse(where_ + ": the field '" + name + "' " + rule + ", it is " + excerpt(is));
  }

 private:
  [[nodiscard]] const JsonValue* find(const char* name) const {
    const auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
  }

  static std::optional<std::int64_t> to_integer(const JsonValue& value) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    if (value.is_number_unsigned()) {
      return value.get<std::uint64_t>() > static_cast<std::uint64_t>(kMost)
                 ? kMost
                 : value.get<std::int64_t>();
    }
    if (value.is_number_integer()) return value.get<std::int64_t>();
    if (value.is_number_float()) {  // the parser makes a float of an integer beyond 64 bits
      if (value.get<double>() >= 0x1p63) return kMost;
      if (value.get<double>() <= -0x1p63) return std::numeric_limits<std::int64_t>::min();
    }
    return std::nullopt;
  }

  const JsonValue& object_;
  std::string where_;
};

}  // namespace psq::driver::internal
