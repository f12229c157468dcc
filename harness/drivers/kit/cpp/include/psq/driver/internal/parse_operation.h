// Parses an Operation and its payload from JSON.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "psq/driver/internal/fields.h"
#include "psq/driver/internal/line_channel.h"
#include "psq/driver/internal/request.h"
#include "psq/driver/internal/vocabulary.h"
#include "psq/driver/item.h"
#include "psq/driver/operation.h"

namespace psq::driver::internal {

/// A longer JSON value leaves no room for the rest of the answer that returns it.
inline constexpr std::size_t kMaxJson = kMaxLine - 4096;

inline void need_option(const Capabilities& has, std::string_view option) {
  if (has.has_option(option)) return;
  throw Refusal(Outcome::kUnsupported,
                "the driver did not declare the option '" + std::string(option) + "'");
}

inline Fail parse_fail(const Fields& item, const Capabilities& has) {
  if (!item.has("fail")) return Fail::kNever;
  const std::string when = item.text("fail");
  if (when != "serialize" && when != "deserialize") {
    item.complain("fail", R"(must be "serialize" or "deserialize")", item.required("fail"));
  }
  need_option(has, "item.fail_" + when);
  return when == "serialize" ? Fail::kSerialize : Fail::kDeserialize;
}

inline Failure parse_failure(const Fields& item, const Capabilities& has) {
  if (!item.has("failure")) return Failure::kError;
  const std::string kind = item.text("failure");
  if (kind == "error") return Failure::kError;
  if (kind != "exit" && kind != "interrupt" && kind != "other") {
    item.complain("failure", R"(must be "error", "exit", "interrupt" or "other")",
                  item.required("failure"));
  }
  need_option(has, "item.failure_" + kind);
  if (kind == "exit") return Failure::kExit;
  return kind == "interrupt" ? Failure::kInterrupt : Failure::kOther;
}

inline void parse_slow(const Fields& item, const Capabilities& has, Item& into) {
  if (!item.has("slow")) return;
  const JsonValue& value = item.required("slow");
  if (!value.is_object()) item.complain("slow", R"(must be like {"serialize":0.5})", value);
  const Fields slow(value, item.where() + ": slow");
  if (slow.has("serialize")) {
    need_option(has, "item.slow_serialize");
    into.slow_serialize = slow.seconds("serialize");
  }
  if (slow.has("deserialize")) {
    need_option(has, "item.slow_deserialize");
    into.slow_deserialize = slow.seconds("deserialize");
  }
}

inline Item parse_item(const Fields& of, const Capabilities& has) {
  const JsonValue& value = of.required("item");
  if (!value.is_object()) of.complain("item", "must be an object", value);
  const Fields fields(value, of.where() + ": the item");
  Item item;
  item.from = fields.text("from");
  item.seq = static_cast<std::uint64_t>(
      fields.integer("seq", 0, std::numeric_limits<std::int64_t>::max()));
  item.size = static_cast<std::size_t>(
      fields.integer("size", static_cast<std::int64_t>(has.item_bytes()), has.max_item_bytes()));
  item.fail = parse_fail(fields, has);
  item.failure = parse_failure(fields, has);
  if (fields.has("same")) {
    item.same = fields.name("same");
    need_option(has, "item.same");
  }
  parse_slow(fields, has, item);
  return item;
}

inline int hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

inline Bytes parse_bytes(const Fields& of) {
  const std::string hex = of.text("bytes");
  Bytes bytes;
  bytes.data.reserve(hex.size() / 2);
  for (std::size_t at = 0; at < hex.size(); at += 2) {
    const int high = hex_digit(hex[at]);
    const int low = at + 1 < hex.size() ? hex_digit(hex[at + 1]) : -1;
    if (high < 0 || low < 0) {
      of.complain("bytes", "must be an even number of hexadecimal digits", of.required("bytes"));
    }
    bytes.data += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

/// The payload of put and send: an item or a JSON value.
inline Payload parse_value_payload(const Fields& of, const Capabilities& has) {
  if (of.has("item") == of.has("json"))
    refuse(of.where() + " needs a payload, either 'item' or 'json'");
  if (of.has("item")) return parse_item(of, has);
  need_option(has, "json");
  Json json{of.required("json").dump()};
  if (json.text.size() > kMaxJson) {
    refuse(of.where() + ": this JSON value is too long: it could not be answered in one line");
  }
  return json;
}

/// The payload of send_bytes: an item or bytes.
inline Payload parse_bytes_payload(const Fields& of, const Capabilities& has) {
  if (of.has("item") == of.has("bytes")) {
    refuse(of.where() + " needs a payload, either 'item' or 'bytes'");
  }
  if (of.has("bytes")) return parse_bytes(of);
  Item item = parse_item(of, has);
  if (item.fail != Fail::kNever || item.slow_serialize > Seconds{0} ||
      item.slow_deserialize > Seconds{0} || !item.same.empty()) {
    refuse(
        of.where() +
        ": bytes are not serialized, so the item cannot be asked to fail, be slow or be an object");
  }
  return item;
}

inline Operation parse_operation(Verb verb, const Fields& fields, const Capabilities& has) {
  Operation operation;
  operation.verb = verb;
  switch (verb) {
    case Verb::kPut:
      operation.payload = parse_value_payload(fields, has);
      [[fallthrough]];
    case Verb::kGet:
      operation.block = fields.boolean("block", true);
      operation.timeout = fields.timeout();
      break;
    case Verb::kSend:
      operation.payload = parse_value_payload(fields, has);
      break;
    case Verb::kSendBytes:
      operation.payload = parse_bytes_payload(fields, has);
      operation.offset = fields.optional_integer("offset");
      operation.size = fields.optional_integer("size");
      break;
    case Verb::kRecvBytes:
      operation.maxlength = fields.optional_integer("maxlength");
      break;
    case Verb::kRecvBytesInto:
      operation.room = static_cast<std::size_t>(fields.integer("room", 0, std::int64_t{1} << 32));
      operation.offset = fields.optional_integer("offset");
      break;
    case Verb::kPoll:
      operation.timeout = fields.timeout(Seconds{0});
      break;
    case Verb::kWait:
      operation.timeout = fields.timeout();
      break;
    default:
      break;
  }
  return operation;
}

/// The checks that need the type of the object. Throws Refusal.
inline void check_for_type(const Operation& operation, ObjectType type, const std::string& on,
                           const Capabilities& has) {
  if (!has.has(type, operation.verb)) {
    throw Refusal(Outcome::kUnsupported, "the driver did not declare '" +
                                             std::string(word(operation.verb)) + "' for " +
                                             std::string(word(type)) + ", which '" + on + "' is");
  }
  if (type == ObjectType::kSimpleQueue && (!operation.block || operation.timeout)) {
    refuse("'" + on + "' is a simple_queue: its put and get take neither block nor timeout");
  }
}

}  // namespace psq::driver::internal
