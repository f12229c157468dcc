// Parsed requests. Only the checks that need the named objects are left to their thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "psq/driver/adapter.h"
#include "psq/driver/operation.h"

namespace psq::driver::internal {

struct CreateRequest {
  Creation creation;
  std::vector<std::string> names;
};

struct SpawnRequest {
  SpawnOptions options;
  std::vector<std::string> objects;
};

struct DropRequest {
  std::string on;
};

/// A request to the parent of a child.
struct ChildRequest {
  Verb verb = Verb::kExitCode;
  std::string on;
  std::optional<Seconds> timeout;
};

/// A request to one object, or with `wait` to several.
struct ObjectRequest {
  Operation operation;
  std::vector<std::string> on;
  std::string end = {};  // the connection to send, or the name for the received one
};

struct Pause {
  Seconds length;
};

struct Step {
  std::variant<ObjectRequest, Pause> what;
  std::int64_t repeat = 1;
};

/// When a list is done: at once, or at the end of the process, before or after what the
/// implementation does at it.
enum class When { kNow, kBeforeExit, kAfterExit };

struct RunRequest {
  std::vector<Step> steps;
  std::optional<std::chrono::nanoseconds> start_at;  // on the monotonic clock
  bool stop_on_error = false;
  When when = When::kNow;
};

enum class How { kReturn, kExit, kExitNow, kRaise };

struct EndRequest {
  How how = How::kReturn;
  int status = 0;
};

/// Ends the thread that it names.
struct EndThreadRequest {};

struct Request {
  std::string id;  // as JSON text
  std::string thread;
  bool began = false;
  std::variant<CreateRequest, SpawnRequest, DropRequest, ChildRequest, ObjectRequest, RunRequest,
               EndRequest, EndThreadRequest>
      what;
};

/// The name of the main thread of the process.
inline constexpr std::string_view kMainThread = "main";

}  // namespace psq::driver::internal
