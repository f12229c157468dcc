#include "suite/operations.h"

#include <utility>

namespace psq::conformance {
namespace {

double in_seconds(Nanoseconds duration) { return std::chrono::duration<double>{duration}.count(); }

Request on(const Object& object, Operation operation) {
  return {.operation = operation, .type = object.type, .on = object.name};
}

Request on_process(Operation operation, std::string child = {}) {
  return {.operation = operation, .type = ObjectType::kProcess, .on = std::move(child)};
}

Request waiting(Request request, const Wait& wait) {
  request.arguments.block = wait.block;
  if (wait.seconds) request.arguments.timeout = Timeout{*wait.seconds};
  return request;
}

Request with_timeout(Request request, std::optional<Nanoseconds> timeout) {
  if (timeout) request.arguments.timeout = Timeout{in_seconds(*timeout)};
  return request;
}

Request with_payload(Request request, Payload payload) {
  request.arguments.payload = std::move(payload);
  return request;
}

Request on_delivery(const Object& queue, Operation operation, const std::string& delivery) {
  Request request = on(queue, operation);
  request.arguments.delivery = delivery;
  return request;
}

}  // namespace

Wait within(Nanoseconds timeout) { return {.block = {}, .seconds = in_seconds(timeout)}; }

Request creation(CreatedType type, std::vector<std::string> names) {
  Request request = on_process(Operation::kCreate);
  request.arguments.type = type;
  request.arguments.names = std::move(names);
  return request;
}
Request spawning(const std::string& name, std::vector<std::string> objects) {
  Request request = on_process(Operation::kSpawn);
  request.arguments.name = name;
  request.arguments.objects = std::move(objects);
  return request;
}

Request put(const Object& queue, Payload payload, const Wait& wait) {
  return waiting(with_payload(on(queue, Operation::kPut), std::move(payload)), wait);
}
Request get(const Object& queue, const Wait& wait) {
  return waiting(on(queue, Operation::kGet), wait);
}
Request qsize(const Object& queue) { return on(queue, Operation::kQsize); }
Request empty(const Object& queue) { return on(queue, Operation::kEmpty); }
Request full(const Object& queue) { return on(queue, Operation::kFull); }
Request close(const Object& object) { return on(object, Operation::kClose); }
Request join_thread(const Object& queue) { return on(queue, Operation::kJoinThread); }
Request cancel_join_thread(const Object& queue) { return on(queue, Operation::kCancelJoinThread); }
Request task_done(const Object& queue) { return on(queue, Operation::kTaskDone); }
Request join(const Object& queue) { return on(queue, Operation::kJoin); }

Request send(const Object& end, Payload payload) {
  return with_payload(on(end, Operation::kSend), std::move(payload));
}
Request recv(const Object& end) { return on(end, Operation::kRecv); }
Request send_bytes(const Object& end, Payload payload, std::optional<std::int64_t> offset,
                   std::optional<std::int64_t> size) {
  Request request = with_payload(on(end, Operation::kSendBytes), std::move(payload));
  request.arguments.offset = offset;
  request.arguments.size = size;
  return request;
}
Request recv_bytes(const Object& end, std::optional<std::int64_t> maxlength) {
  Request request = on(end, Operation::kRecvBytes);
  request.arguments.maxlength = maxlength;
  return request;
}
Request recv_bytes_into(const Object& end, std::int64_t room, std::optional<std::int64_t> offset) {
  Request request = on(end, Operation::kRecvBytesInto);
  request.arguments.room = room;
  request.arguments.offset = offset;
  return request;
}
Request poll(const Object& end) { return on(end, Operation::kPoll); }
Request poll(const Object& end, Nanoseconds timeout) { return with_timeout(poll(end), timeout); }
Request poll_forever(const Object& end) {
  Request request = poll(end);
  request.arguments.timeout = Timeout{};
  return request;
}
Request is_closed(const Object& end) { return on(end, Operation::kClosed); }
Request is_readable(const Object& end) { return on(end, Operation::kReadable); }
Request is_writable(const Object& end) { return on(end, Operation::kWritable); }
Request wait_any(const std::vector<Object>& ends, std::optional<Nanoseconds> timeout) {
  Request request{.operation = Operation::kWait, .type = ObjectType::kConnection};
  auto& names = request.arguments.of.emplace();
  for (const Object& end : ends) names.push_back(end.name);
  return with_timeout(std::move(request), timeout);
}

Request send_connection(const Object& through, const Object& end) {
  Request request = on(through, Operation::kSendConnection);
  request.arguments.connection = end.name;
  return request;
}
Request recv_connection(const Object& through, const std::string& as) {
  Request request = on(through, Operation::kRecvConnection);
  request.arguments.as = as;
  return request;
}

Request publish(const Object& queue, Payload payload) {
  return with_payload(on(queue, Operation::kPublish), std::move(payload));
}
Request receive(const Object& queue, const std::string& as, const Wait& wait) {
  Request request = waiting(on(queue, Operation::kReceive), wait);
  request.arguments.as = as;
  return request;
}
Request ack(const Object& queue, const std::string& delivery) {
  return on_delivery(queue, Operation::kAck, delivery);
}
Request nack(const Object& queue, const std::string& delivery) {
  return on_delivery(queue, Operation::kNack, delivery);
}
Request reject(const Object& queue, const std::string& delivery) {
  return on_delivery(queue, Operation::kReject, delivery);
}
Request extend(const Object& queue, const std::string& delivery) {
  return on_delivery(queue, Operation::kExtend, delivery);
}
Request ready(const Object& queue) { return on(queue, Operation::kReady); }
Request dead_letters(const Object& queue) { return on(queue, Operation::kDeadLetters); }
Request stop_server(const Object& queue, bool orderly) {
  Request request = on(queue, Operation::kStopServer);
  request.arguments.orderly = orderly;
  return request;
}
Request start_server(const Object& queue) { return on(queue, Operation::kStartServer); }
Request freeze_server(const Object& queue, bool frozen) {
  Request request = on(queue, Operation::kFreezeServer);
  request.arguments.frozen = frozen;
  return request;
}
Request fill_server(const Object& queue, bool full) {
  Request request = on(queue, Operation::kFillServer);
  request.arguments.full = full;
  return request;
}

Request drop(const Object& object) { return on_process(Operation::kDrop, object.name); }
Request end_thread() { return on_process(Operation::kEndThread); }
Request end_by(Ending how, std::int64_t status) {
  Request request = on_process(Operation::kEnd);
  request.arguments.how = how;
  if (how == Ending::kExit || how == Ending::kExitNow) request.arguments.status = status;
  return request;
}
Request join_process(const std::string& child, std::optional<Nanoseconds> timeout) {
  return with_timeout(on_process(Operation::kJoinProcess, child), timeout);
}
Request exit_code(const std::string& child) { return on_process(Operation::kExitCode, child); }
Request terminate(const std::string& child) { return on_process(Operation::kTerminate, child); }
Request kill_child(const std::string& child) { return on_process(Operation::kKill, child); }
Request drop_process(const std::string& child) {
  return on_process(Operation::kDropProcess, child);
}

Request run(std::vector<Request> operations) {
  Request request = on_process(Operation::kRun);
  request.arguments.operations = std::move(operations);
  return request;
}
Request run_before_exit(std::vector<Request> operations) {
  Request request = run(std::move(operations));
  request.arguments.before_exit = true;
  return request;
}
Request run_after_exit(std::vector<Request> operations) {
  Request request = run(std::move(operations));
  request.arguments.after_exit = true;
  return request;
}
Request pause(Nanoseconds duration) {
  Request request = on_process(Operation::kPause);
  request.arguments.seconds = in_seconds(duration);
  return request;
}

}  // namespace psq::conformance
