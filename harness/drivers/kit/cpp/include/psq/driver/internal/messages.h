// The messages of a process: hello, began, answers and events. Each is one JSON object on one line.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "psq/driver/adapter.h"
#include "psq/driver/internal/json_text.h"
#include "psq/driver/internal/line_channel.h"
#include "psq/driver/item.h"
#include "psq/driver/result.h"

namespace psq::driver::internal {

/// An answer shows so many of the received bytes that are not an item; `size` gives their number.
inline constexpr std::size_t kMaxBytesShown = 65536;

inline std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const char byte : bytes) {
    hex += kDigits[static_cast<unsigned char>(byte) >> 4];
    hex += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return hex;
}

inline void add_item(JsonText& to, const Item& item) {
  JsonText fields;
  fields.string("from", item.from).number("seq", item.seq).number("size", item.size);
  to.json("item", fields.boolean("intact", item.intact).text());
}

inline void add_bytes(JsonText& to, const Bytes& bytes) {
  if (const auto item = check_item(bytes.data)) {
    add_item(to, *item);
    return;
  }
  to.string("bytes", to_hex(std::string_view(bytes.data).substr(0, kMaxBytesShown)));
  to.number("size", bytes.data.size());
}

/// Text that is no longer JSON goes to the controller as a string, so that a test can see it.
inline void add_json(JsonText& to, const Json& json) {
  const JsonValue value = JsonValue::parse(json.text, nullptr, false);
  to.json("json", to_text(value.is_discarded() ? JsonValue(json.text) : value));
}

/// Turns the value of an answer into JSON text.
struct ValueText {
  std::string operator()(std::monostate) const { return "null"; }
  std::string operator()(std::nullptr_t) const { return "null"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(const std::vector<std::string>& names) const { return to_text(names); }
  std::string operator()(const Item& item) const { return object(add_item, item); }
  std::string operator()(const Json& json) const { return object(add_json, json); }
  std::string operator()(const Bytes& bytes) const { return object(add_bytes, bytes); }
  std::string operator()(const ReceivedInto& received) const {
    JsonText value;
    value.number("count", received.count).boolean("rest_untouched", received.rest_untouched);
    add_bytes(value, received.bytes);
    return value.text();
  }

 private:
  template <typename Part>
  static std::string object(void (*add)(JsonText&, const Part&), const Part& part) {
    JsonText value;
    add(value, part);
    return value.text();
  }
};

inline std::int64_t nanoseconds(Instant instant) { return instant.time_since_epoch().count(); }

/// Whether the outcome means that no call was made. Such an answer has no times.
inline bool is_refusal(Outcome outcome) {
  return outcome == Outcome::kBadRequest || outcome == Outcome::kUnsupported;
}

inline void add_error(JsonText& to, const Result& result) {
  JsonText error;
  error.string("type", result.error_type).string("message", result.error_message);
  to.json("error", error.text());
}

/// Adds the outcome of a call to `head`, which names the call.
inline std::string with_result(const JsonText& head, const Result& result, const Call& call) {
  JsonText message = head;
  message.string("outcome", std::string(word(result.outcome)));
  if (!std::holds_alternative<std::monostate>(result.value))
    message.json("value", std::visit(ValueText(), result.value));
  if (!result.error_type.empty() || !result.error_message.empty()) add_error(message, result);
  if (!is_refusal(result.outcome)) {
    const Instant now = std::chrono::steady_clock::now();
    message.number("invoked", nanoseconds(call.made() ? call.invoked() : now));
    message.number("returned", nanoseconds(call.made() ? call.returned() : now));
  }
  std::string line = message.text();
  if (line.size() < kMaxLine) return line;
  return with_result(head,
                     {.outcome = Outcome::kRaised,
                      .error_type = "AnswerTooLong",
                      .error_message = "the answer has " + std::to_string(line.size()) +
                                       " bytes, a line at most " + std::to_string(kMaxLine)},
                     call);
}

/// `id` is that of the request, as JSON text.
inline std::string answer_line(std::string_view id, const Result& result, const Call& call) {
  return with_result(JsonText().json("id", id), result, call);
}

inline std::string event_line(std::string_view id, std::int64_t index, const Result& result,
                              const Call& call) {
  return with_result(JsonText().json("event", id).number("index", index), result, call);
}

/// The result of a request for which no call was made.
inline Result to_result(const Refusal& refusal) {
  return {.outcome = refusal.outcome(), .error_type = "Refusal", .error_message = refusal.what()};
}

/// `index` is the position within a list, or negative for a request outside a list.
inline std::string began_line(std::string_view id, std::int64_t index) {
  JsonText message;
  message.json("began", id);
  if (index >= 0) message.number("index", index);
  message.number("tid", ::gettid());
  message.number("at", nanoseconds(std::chrono::steady_clock::now()));
  return message.text();
}

inline std::string defect_line(const std::string& type, const std::string& message) {
  JsonText error;
  error.string("type", type).string("message", message.substr(0, 4000));
  return JsonText().json("defect", error.text()).text();
}

inline JsonText hello_head(const std::string& role) {
  return JsonText().number("hello", 1).string("role", role).number("pid", ::getpid());
}

inline std::string hello_line(const std::string& role) { return hello_head(role).text(); }

inline std::string root_hello_line(const Hello& hello) {
  JsonText capabilities;
  capabilities.json("operations", to_text(hello.operations));
  capabilities.json("options", to_text(hello.options));
  capabilities.json("bounds", to_text(hello.bounds));
  JsonText message = hello_head("root");
  message.string("implementation", hello.implementation).string("version", hello.version);
  message.string("language", hello.language).string("start_method", hello.start_method);
  message.json("profiles", to_text(hello.profiles));
  message.json("capabilities", capabilities.text());
  message.json("limits", to_text(hello.limits));
  return message.text();
}

}  // namespace psq::driver::internal
