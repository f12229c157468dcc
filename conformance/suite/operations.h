// The requests of the driver protocol as functions, so that a test reads like a transcript.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "protocol/message.h"

namespace psq::conformance {

/// A queue or one end of a pipe, as the driver knows it.
struct Object {
  std::string name;
  ObjectType type;
};

/// How long a put or get may wait.
struct Wait {
  std::optional<bool> block = {};
  std::optional<double> seconds = {};  // may be infinite or not a number
};
inline const Wait kForever{};
inline const Wait kNoWait{.block = false};
Wait within(Nanoseconds timeout);

/// A bound and a count of unfinished tasks are for the caller to add to the arguments.
Request creation(CreatedType type, std::vector<std::string> names);
Request spawning(const std::string& name, std::vector<std::string> objects);

Request put(const Object& queue, Payload payload, const Wait& wait = kForever);
Request get(const Object& queue, const Wait& wait = kForever);
Request qsize(const Object& queue);
Request empty(const Object& queue);
Request full(const Object& queue);
Request close(const Object& object);
Request join_thread(const Object& queue);
Request cancel_join_thread(const Object& queue);
Request task_done(const Object& queue);
Request join(const Object& queue);

Request send(const Object& end, Payload payload);
Request recv(const Object& end);
Request send_bytes(const Object& end, Payload payload, std::optional<std::int64_t> offset = {},
                   std::optional<std::int64_t> size = {});
Request recv_bytes(const Object& end, std::optional<std::int64_t> maxlength = {});
Request recv_bytes_into(const Object& end, std::int64_t room,
                        std::optional<std::int64_t> offset = {});
Request poll(const Object& end);
Request poll(const Object& end, Nanoseconds timeout);
Request poll_forever(const Object& end);
Request is_closed(const Object& end);
Request is_readable(const Object& end);
Request is_writable(const Object& end);
Request wait_any(const std::vector<Object>& ends, std::optional<Nanoseconds> timeout);

/// `end` is an end of another pipe.
Request send_connection(const Object& through, const Object& end);
/// What is obtained is a connection of that name.
Request recv_connection(const Object& through, const std::string& as);

// Of a queue of a broker. `as` and `delivery` are the name of a delivery in its process.
Request publish(const Object& queue, Payload payload);
Request receive(const Object& queue, const std::string& as, const Wait& wait = kForever);
Request ack(const Object& queue, const std::string& delivery);
Request nack(const Object& queue, const std::string& delivery);
Request reject(const Object& queue, const std::string& delivery);
Request extend(const Object& queue, const std::string& delivery);
Request ready(const Object& queue);
Request dead_letters(const Object& queue);
/// Of the server that keeps the queue.
Request stop_server(const Object& queue, bool orderly);
Request start_server(const Object& queue);
Request freeze_server(const Object& queue, bool frozen);
Request fill_server(const Object& queue, bool full);

Request drop(const Object& object);
/// On a thread of its own, which `by` names.
Request end_thread();
Request end_by(Ending how, std::int64_t status = 0);
Request join_process(const std::string& child, std::optional<Nanoseconds> timeout = {});
Request exit_code(const std::string& child);
Request terminate(const std::string& child);
Request kill_child(const std::string& child);
Request drop_process(const std::string& child);

/// A list of operations done back to back.
Request run(std::vector<Request> operations);
/// The same at the end of the root by `return`: before and after what the implementation does
/// there.
Request run_before_exit(std::vector<Request> operations);
Request run_after_exit(std::vector<Request> operations);
Request pause(Nanoseconds duration);

}  // namespace psq::conformance
