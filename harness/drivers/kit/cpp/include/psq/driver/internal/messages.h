// The messages of a process: hello, began, answers and events. Each is one JSON object on one line.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "psq/driver/adapter.h"
#include "psq/driver/internal/line_channel.h"
#include "psq/driver/item.h"
#include "psq/driver/result.h"

namespace psq::driver::internal {

/// JSON that keeps the order of its fields, so that a reader of a log finds the id first.
using OrderedJson = nlohmann::ordered_json;

/// An answer shows so many of the received bytes that are not an item; `size` gives their number.
inline constexpr std::size_t kMaxBytesShown = 65536;

/// Replaces bytes that are not UTF-8, because error messages of an implementation may hold any.
inline std::string to_line(const OrderedJson& message) {
  return message.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

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

inline OrderedJson to_json(const Item& item) {
  return {{"item",
           {{"from", item.from}, {"seq", item.seq}, {"size", item.size}, {"intact", item.intact}}}};
}

inline OrderedJson to_json(const Bytes& bytes) {
  if (const auto item = check_item(bytes.data)) return to_json(*item);
  return {{"bytes", to_hex(std::string_view(bytes.data).substr(0, kMaxBytesShown))},
          {"size", bytes.data.size()}};
}

inline OrderedJson to_json(const Json& json) {
  OrderedJson value = OrderedJson::parse(json.text, nullptr, false);
  // Text that is no longer JSON goes to the controller as a string, so that a test can see it.
  if (value.is_discarded()) value = json.text;
  return {{"json", std::move(value)}};
}

inline OrderedJson to_json(const ReceivedInto& received) {
  OrderedJson value = {{"count", received.count}, {"rest_untouched", received.rest_untouched}};
  value.update(to_json(received.bytes));
  return value;
}

inline OrderedJson to_json(const Value& value) {
  return std::visit(
      [](const auto& alternative) -> OrderedJson {
        using Type = std::decay_t<decltype(alternative)>;
        if constexpr (std::is_same_v<Type, std::monostate>) {
          return nullptr;
        } else if constexpr (std::is_constructible_v<OrderedJson, const Type&> &&
                             !std::is_class_v<Type>) {
          return alternative;
        } else if constexpr (std::is_same_v<Type, std::vector<std::string>>) {
          return OrderedJson(alternative);
        } else {
          return to_json(alternative);
        }
      },
      value);
}

inline std::int64_t nanoseconds(Instant instant) { return instant.time_since_epoch().count(); }

/// Whether the outcome means that no call was made. Such an answer has no times.
inline bool is_refusal(Outcome outcome) {
  return outcome == Outcome::kBadRequest || outcome == Outcome::kUnsupported;
}

/// Adds the outcome of a call to a message that names the call.
inline std::string with_result(OrderedJson message, const Result& result, const Call& call) {
  const OrderedJson head = message;
  message["outcome"] = word(result.outcome);
  if (!std::holds_alternative<std::monostate>(result.value))
    message["value"] = to_json(result.value);
  if (!result.error_type.empty() || !result.error_message.empty()) {
    message["error"] = {{"type", result.error_type}, {"message", result.error_message}};
  }
  if (!is_refusal(result.outcome)) {
    const Instant now = std::chrono::steady_clock::now();
    message["invoked"] = nanoseconds(call.made() ? call.invoked() : now);
    message["returned"] = nanoseconds(call.made() ? call.returned() : now);
  }
  std::string line = to_line(message);
  if (line.size() < kMaxLine) return line;
  return with_result(head,
                     {.outcome = Outcome::kRaised,
                      .error_type = "AnswerTooLong",
                      .error_message = "the answer has " + std::to_string(line.size()) +
                                       " bytes, a line at most " + std::to_string(kMaxLine)},
                     call);
}

inline std::string answer_line(const OrderedJson& id, const Result& result, const Call& call) {
  return with_result({{"id", id}}, result, call);
}

inline std::string event_line(const OrderedJson& id, std::int64_t index, const Result& result,
                              const Call& call) {
  return with_result({{"event", id}, {"index", index}}, result, call);
}

/// The result of a request for which no call was made.
inline Result to_result(const Refusal& refusal) {
  return {.outcome = refusal.outcome(), .error_type = "Refusal", .error_message = refusal.what()};
}

/// `index` is the position within a list, or negative for a request outside a list.
inline std::string began_line(const OrderedJson& id, std::int64_t index) {
  OrderedJson message = {{"began", id}};
  if (index >= 0) message["index"] = index;
  message["tid"] = ::gettid();
  message["at"] = nanoseconds(std::chrono::steady_clock::now());
  return to_line(message);
}

inline std::string hello_line(const std::string& role) {
  return to_line({{"hello", 1}, {"role", role}, {"pid", ::getpid()}});
}

inline std::string root_hello_line(const Hello& hello) {
  return to_line({{"hello", 1},
                  {"role", "root"},
                  {"pid", ::getpid()},
                  {"implementation", hello.implementation},
                  {"version", hello.version},
                  {"language", hello.language},
                  {"start_method", hello.start_method},
                  {"profiles", hello.profiles},
                  {"capabilities", {{"operations", hello.operations}, {"options", hello.options}}},
                  {"limits", hello.limits}});
}

}  // namespace psq::driver::internal
