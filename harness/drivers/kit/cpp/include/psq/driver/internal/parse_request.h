// Parses a Request from a line. The reading thread refuses here what needs no object, so that the
// refusal does not wait for the thread that the request names.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "psq/driver/internal/fields.h"
#include "psq/driver/internal/parse_operation.h"
#include "psq/driver/internal/request.h"
#include "psq/driver/internal/vocabulary.h"

namespace psq::driver::internal {

/// Deeper JSON could exhaust the stack when a value is copied.
inline constexpr int kMaxNesting = 256;

inline JsonValue parse_json(std::string_view line) {
  const auto watch_depth = [](int depth, JsonValue::parse_event_t, const JsonValue&) {
    if (depth > kMaxNesting) {
      refuse("the request is nested deeper than " + std::to_string(kMaxNesting) + " levels");
    }
    return true;
  };
  try {
    return JsonValue::parse(line, watch_depth);
  } catch (const JsonValue::exception& error) {
    refuse(std::string("the line is not JSON: ") + error.what());
  }
}

inline CreateRequest parse_create(const Fields& fields, const Capabilities& has) {
  const std::string type = fields.text("type");
  const bool pipe = type == "pipe";
  const auto found = find_type(pipe ? "connection" : type);
  if (!found || type == "connection") {
    fields.complain("type", "must be queue, joinable_queue, simple_queue or pipe",
                    fields.required("type"));
  }
  CreateRequest request;
  request.creation.type = *found;
  if (!has.has(request.creation.type)) {
    throw Refusal(Outcome::kUnsupported, "the driver did not declare the type '" + type + "'");
  }
  request.names = fields.names("names");
  if (request.names.size() != (pipe ? 2U : 1U) || (pipe && request.names[0] == request.names[1])) {
    fields.complain("names", pipe ? "must be two different names" : "must be one name",
                    fields.required("names"));
  }
  request.creation.duplex = fields.boolean("duplex", true);
  if (fields.has("maxsize") && (pipe || type == "simple_queue")) {
    refuse(fields.where() + ": " + type + " takes no 'maxsize'");
  }
  if (fields.has("maxsize") && fields.required("maxsize").is_number_float() &&
      std::abs(fields.required("maxsize").get<double>()) < 0x1p63) {
    throw Refusal(Outcome::kWrongType, "a maxsize that is not a whole number does not compile");
  }
  request.creation.maxsize = fields.optional_integer("maxsize");
  const bool is_queue = !pipe && type != "simple_queue";
  if (is_queue && !has.has_bound(request.creation.maxsize.value_or(0)))
    throw Refusal(Outcome::kUnsupported, "the driver did not declare queues with such a maxsize");
  request.creation.unfinished = fields.optional_integer("unfinished");
  if (request.creation.unfinished) {
    need_option(has, "preset_unfinished");
    if (type != "joinable_queue")
      refuse(fields.where() + ": only joinable_queue takes 'unfinished'");
  }
  return request;
}

inline SpawnRequest parse_spawn(const Fields& fields) {
  SpawnRequest request{
      .options = {.name = fields.name("name"), .daemon = fields.boolean("daemon", false)},
      .objects = fields.names("objects")};
  if (request.options.name == "root") {
    fields.complain("name", "must be another: the first process is root", fields.required("name"));
  }
  return request;
}

inline EndRequest parse_end(const Fields& fields, const std::string& thread) {
  if (thread != kMainThread) refuse("a process can be ended on its thread 'main' only");
  const std::string how = fields.text("how");
  if (how == "return") return {.how = How::kReturn};
  if (how == "raise") return {.how = How::kRaise};
  if (how != "exit" && how != "exit_now") {
    fields.complain("how", "must be return, exit, exit_now or raise", fields.required("how"));
  }
  return {.how = how == "exit" ? How::kExit : How::kExitNow,
          .status = static_cast<int>(fields.integer("status", 0, 255))};
}

inline ObjectRequest parse_object_request(const VerbWord& verb, const Fields& fields,
                                          const Capabilities& has) {
  ObjectRequest request{.operation = parse_operation(verb.verb, fields, has),
                        .on = verb.kind == VerbKind::kSeveralObjects
                                  ? fields.names("of")
                                  : std::vector{fields.name("on")}};
  if (verb.verb == Verb::kSendConnection) request.end = fields.name("connection");
  if (verb.verb == Verb::kRecvConnection) request.end = fields.name("as");
  return request;
}

inline VerbWord parse_verb(const Fields& fields) {
  const std::string text = fields.text("do");
  const auto verb = find_verb(text);
  if (!verb) refuse(fields.where() + ": the protocol knows no '" + text + "' to do");
  return *verb;
}

inline Step parse_step(const JsonValue& value, std::size_t position, const Capabilities& has) {
  const std::string where = "run: operation " + std::to_string(position);
  if (!value.is_object()) refuse(where + " must be an object, it is " + excerpt(value));
  const Fields fields(value, where);
  Step step;
  if (fields.has("repeat")) {
    step.repeat = fields.integer("repeat", 0, std::numeric_limits<std::int64_t>::max());
  }
  if (fields.text("do") == "pause") {
    step.what = Pause{fields.seconds("seconds")};
    return step;
  }
  const VerbWord verb = parse_verb(fields);
  if (verb.kind == VerbKind::kProcess || verb.kind == VerbKind::kChild) {
    refuse(where + ": '" + std::string(verb.word) + "' is not done to an object");
  }
  step.what = parse_object_request(verb, fields, has);
  return step;
}

/// When a list is done. Its thread is `main` unless it is done now.
inline When parse_when(const Fields& fields, const Capabilities& has, const std::string& thread) {
  When when = When::kNow;
  for (const auto& [field, meaning] :
       {std::pair{"before_exit", When::kBeforeExit}, std::pair{"after_exit", When::kAfterExit}}) {
    if (!fields.boolean(field, false)) continue;
    need_option(has, field);
    if (thread != kMainThread || when != When::kNow)
      refuse(fields.where() + ": a list for the end of the process is done once, on 'main'");
    when = meaning;
  }
  return when;
}

inline RunRequest parse_run(const Fields& fields, const Capabilities& has,
                            const std::string& thread) {
  const JsonValue& list = fields.required("operations");
  if (!list.is_array()) fields.complain("operations", "must be a list", list);
  RunRequest request{.steps = {},
                     .start_at = std::nullopt,
                     .stop_on_error = fields.boolean("stop_on_error", false),
                     .when = parse_when(fields, has, thread)};
  for (const JsonValue& each : list)
    request.steps.push_back(parse_step(each, request.steps.size(), has));
  if (const auto start = fields.optional_integer("start_at")) {
    request.start_at = std::chrono::nanoseconds{*start};
  }
  return request;
}

/// Parses a request to the driver itself. Returns false for any other request.
inline bool parse_own_request(const std::string& verb, const Fields& fields,
                              const Capabilities& has, Request& into) {
  if (verb == "create") {
    into.what = parse_create(fields, has);
  } else if (verb == "drop") {
    into.what = DropRequest{fields.name("on")};
  } else if (verb == "run") {
    into.what = parse_run(fields, has, into.thread);
  } else if (verb == "end") {
    into.what = parse_end(fields, into.thread);
  } else {
    return false;
  }
  return true;
}

inline void parse_declared_request(const VerbWord& verb, const Fields& fields,
                                   const Capabilities& has, Request& into) {
  if (!has.has(verb.verb)) {
    throw Refusal(Outcome::kUnsupported,
                  "the driver did not declare '" + std::string(verb.word) + "'");
  }
  if (verb.verb == Verb::kEndThread) {
    if (into.thread == kMainThread) refuse("end_thread: the thread 'main' ends by 'end'");
    into.what = EndThreadRequest{};
  } else if (verb.kind == VerbKind::kProcess) {
    into.what = parse_spawn(fields);
  } else if (verb.kind == VerbKind::kChild) {
    ChildRequest request{.verb = verb.verb, .on = fields.name("on"), .timeout = std::nullopt};
    if (verb.verb == Verb::kJoinProcess) request.timeout = fields.timeout();
    into.what = std::move(request);
  } else {
    into.what = parse_object_request(verb, fields, has);
  }
}

/// Throws Refusal. Sets `id`, as JSON text, as soon as it is known, so that the refusal can carry
/// it.
inline Request parse_request(std::string_view line, const Capabilities& has, std::string& id) {
  id = "null";
  const JsonValue message = parse_json(line);
  if (!message.is_object()) refuse("a request must be a JSON object, this is " + excerpt(message));
  const Fields outer(message, "the request");
  const JsonValue& number = outer.required("id");
  if (!number.is_number()) outer.complain("id", "must be a number", number);
  id = to_text(number);
  Request request{.id = id,
                  .thread = std::string(kMainThread),
                  .began = outer.boolean("began", false),
                  .what = {}};
  if (outer.has("thread")) request.thread = outer.name("thread");
  const std::string verb = outer.text("do");
  const Fields fields(message, verb);
  if (!parse_own_request(verb, fields, has, request)) {
    parse_declared_request(parse_verb(outer), fields, has, request);
  }
  return request;
}

}  // namespace psq::driver::internal
