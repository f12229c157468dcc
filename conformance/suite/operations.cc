#include "suite/operations.h"

#include <utility>

namespace psq::conformance {
namespace {

double in_seconds(Nanoseconds duration) { return std::chrono::duration<double>{duration}.count(); }

Request on(const Object& object, std::string verb) {
  return {.verb = std::move(verb), .type = object.type, .on = object.name};
}

Request on_process(std::string verb, std::string child = {}) {
  return {.verb = std::move(verb), .type = "process", .on = std::move(child)};
}

Request waiting(Request request, const Wait& wait) {
  if (wait.block) request = request.with("block", *wait.block);
  if (wait.seconds) request = request.with("timeout", *wait.seconds);
  if (!wait.special.empty()) request = request.with("timeout", wait.special);
  return request;
}

Request with_optional(Request request, std::string name, std::optional<std::int64_t> value) {
  return value ? request.with(std::move(name), *value) : request;
}

Request with_timeout(Request request, std::optional<Nanoseconds> timeout) {
  return timeout ? request.with("timeout", in_seconds(*timeout)) : request;
}

}  // namespace

Wait within(Nanoseconds timeout) { return {.block = {}, .seconds = in_seconds(timeout)}; }

Request put(const Object& queue, Payload payload, const Wait& wait) {
  return waiting(on(queue, "put").with("payload", std::move(payload)), wait);
}
Request get(const Object& queue, const Wait& wait) { return waiting(on(queue, "get"), wait); }
Request qsize(const Object& queue) { return on(queue, "qsize"); }
Request empty(const Object& queue) { return on(queue, "empty"); }
Request full(const Object& queue) { return on(queue, "full"); }
Request close(const Object& object) { return on(object, "close"); }
Request join_thread(const Object& queue) { return on(queue, "join_thread"); }
Request cancel_join_thread(const Object& queue) { return on(queue, "cancel_join_thread"); }
Request task_done(const Object& queue) { return on(queue, "task_done"); }
Request join(const Object& queue) { return on(queue, "join"); }

Request send(const Object& end, Payload payload) {
  return on(end, "send").with("payload", std::move(payload));
}
Request recv(const Object& end) { return on(end, "recv"); }
Request send_bytes(const Object& end, Payload payload, std::optional<std::int64_t> offset,
                   std::optional<std::int64_t> size) {
  Request request = on(end, "send_bytes").with("payload", std::move(payload));
  return with_optional(with_optional(std::move(request), "offset", offset), "size", size);
}
Request recv_bytes(const Object& end, std::optional<std::int64_t> maxlength) {
  return with_optional(on(end, "recv_bytes"), "maxlength", maxlength);
}
Request recv_bytes_into(const Object& end, std::int64_t room, std::optional<std::int64_t> offset) {
  return with_optional(on(end, "recv_bytes_into").with("room", room), "offset", offset);
}
Request poll(const Object& end) { return on(end, "poll"); }
Request poll(const Object& end, Nanoseconds timeout) {
  return with_timeout(on(end, "poll"), timeout);
}
Request poll_forever(const Object& end) {
  return on(end, "poll").with("timeout", std::monostate{});
}
Request attribute(const Object& end, const std::string& name) { return on(end, name); }
Request wait_any(const std::vector<Object>& ends, std::optional<Nanoseconds> timeout) {
  std::vector<std::string> names;
  for (const Object& end : ends) names.push_back(end.name);
  Request request{.verb = "wait", .type = "connection"};
  return with_timeout(request.with("of", names), timeout);
}

Request send_connection(const Object& through, const Object& end) {
  return on(through, "send_connection").with("connection", end.name);
}
Request recv_connection(const Object& through, const std::string& as) {
  return on(through, "recv_connection").with("as", as);
}

Request drop(const Object& object) {
  Request request = on_process("drop", object.name);
  return request;
}
Request end_by(const std::string& how, std::int64_t status) {
  Request request = on_process("end").with("how", how);
  return how == "exit" || how == "exit_now" ? request.with("status", status) : request;
}
Request join_process(const std::string& child, std::optional<Nanoseconds> timeout) {
  return with_timeout(on_process("join_process", child), timeout);
}
Request exit_code(const std::string& child) { return on_process("exit_code", child); }
Request terminate(const std::string& child) { return on_process("terminate", child); }
Request kill_child(const std::string& child) { return on_process("kill", child); }

Request run(std::vector<Request> operations) {
  return on_process("run").with("operations", std::move(operations));
}
Request pause(Nanoseconds duration) {
  return on_process("pause").with("seconds", in_seconds(duration));
}

}  // namespace psq::conformance
