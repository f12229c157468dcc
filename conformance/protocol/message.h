// The messages of the driver protocol (spec/driver-protocol.md) as the controller has them.
// JSON stays in message.cc: it costs seconds a file in every file that sees it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/outcome.h"
#include "protocol/posix.h"

namespace psq::conformance {

/// A value that a driver makes: who put it, the how-manieth it is, its serialized size in bytes.
struct Item {
  std::string from;
  std::int64_t seq = 0;
  std::int64_t size = 128;
  std::string fail;           // "serialize", "deserialize" or nothing
  double slow_serialize = 0;  // seconds that it takes longer
  friend bool operator==(const Item&, const Item&) = default;
};

/// JSON text of a plain value.
struct Json {
  std::string text;
  friend bool operator==(const Json&, const Json&) = default;
};

/// Raw bytes, in hexadecimal.
struct Bytes {
  std::string hex;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

using Payload = std::variant<Item, Json, Bytes>;
std::string to_string(const Payload& payload);

struct Request;
using Field = std::variant<std::monostate, bool, std::int64_t, double, std::string,
                           std::vector<std::string>, Payload, std::vector<Request>>;

/// One request. `id` is given when it is sent.
struct Request {
  std::string verb;
  std::string
      type;  // whose operation it is in the hello's capabilities: queue, connection, process, ...
  std::string on = {};
  std::string thread = "main";
  std::vector<std::pair<std::string, Field>> fields = {};

  /// The same request, done by the named thread.
  [[nodiscard]] Request by(std::string name) const;
  /// The same request with one more field.
  [[nodiscard]] Request with(std::string name, Field value) const;
};
/// How a person reads it: `put q producer#2 timeout 0.2`.
std::string describe(const Request& request);

/// What a call gave back. Which member is set depends on the operation.
struct Value {
  std::optional<Payload> payload = {};
  bool intact = true;  // of an item: its filler and length were right
  std::optional<bool> boolean = {};
  std::optional<std::int64_t> number = {};
  std::optional<std::vector<std::string>> names = {};
  bool null = true;
};

/// An answer, or one event of an operation list.
struct Answer {
  Outcome outcome = Outcome::kOk;
  Value value = {};
  std::string error = {};  // type and message, when the outcome came with them
  Nanoseconds invoked{0};
  Nanoseconds returned{0};
  std::size_t step = 0;  // of the transcript; the controller's

  [[nodiscard]] Nanoseconds took() const { return returned - invoked; }
  [[nodiscard]] const Item* item() const;
};
std::string describe(const Answer& answer);

struct Hello {
  std::string role;
  pid_t pid = 0;
  std::string implementation = {};
  std::string version = {};
  std::string language = {};
  std::string start_method = {};
  std::set<std::string> profiles = {};
  std::map<std::string, std::set<std::string>> operations = {};
  std::set<std::string> options = {};
  std::map<std::string, std::int64_t> limits = {};
  std::string line = {};  // as it came
};

struct Began {
  pid_t tid = 0;
  Nanoseconds at{0};
};

/// One line from a driver, taken apart. `id` is the request's; `index` counts the calls of a list.
struct Incoming {
  enum class Kind { kHello, kBegan, kAnswer, kEvent };
  Kind kind = Kind::kAnswer;
  std::int64_t id = 0;
  std::int64_t index = -1;
  Hello hello = {};
  Began began = {};
  Answer answer = {};
};

/// Whether two texts are the same JSON value.
bool same_json(std::string_view a, std::string_view b);

/// One line, with its end. `id` is the number that the answer will carry.
std::string encode(const Request& request, std::int64_t id);

/// Throws DriverError, naming what is wrong and showing the line.
Incoming decode(std::string_view line);

}  // namespace psq::conformance
