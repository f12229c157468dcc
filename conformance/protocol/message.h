// The messages of a driver (spec/driver-protocol.md) as the controller has them. JSON stays in
// encode.cc, decode.cc and wire_record.cc: it costs seconds in every file that sees it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "law/vocabulary.h"
#include "protocol/error.h"
#include "protocol/posix.h"
#include "protocol/request.h"

namespace psq::conformance {

/// What a call returned. The operation decides which member is set.
struct Value {
  std::optional<Payload> payload = {};
  bool intact = true;  // of an item: its filler and length were right
  std::optional<bool> boolean = {};
  std::optional<std::int64_t> number = {};
  std::optional<std::vector<std::string>> names = {};
  bool null = true;
};

/// Which operation, on which type of object.
struct Asked {
  ObjectType type;
  Operation operation;
};

/// An answer, or one event of an operation list.
struct Answer {
  Outcome outcome = Outcome::kOk;
  Value value = {};
  std::string error = {};  // type and message, when the outcome came with them
  Nanoseconds invoked{0};
  Nanoseconds returned{0};
  std::size_t step = 0;             // of the transcript; the controller's
  std::optional<Asked> asked = {};  // the controller's; in a list, of an event that is not ok

  [[nodiscard]] Nanoseconds took() const { return returned - invoked; }
  [[nodiscard]] const Item* item() const;
};
std::string describe(const Answer& answer);
/// The calls of a list by their outcomes and errors, when one is not ok: `: 2990 ok, 10 raised
/// (…)`.
std::string outcomes_of(const std::vector<Answer>& events);

struct Hello {
  std::string role;
  pid_t pid = 0;
  std::string implementation = {};
  std::string version = {};
  std::string language = {};
  std::string start_method = {};
  std::set<std::string> profiles = {};
  std::map<ObjectType, std::set<Operation>> operations = {};
  std::set<std::string> options = {};
  std::set<std::string> bounds = {"bounded", "unbounded"};  // the kinds of queue that it has
  std::map<std::string, std::int64_t> limits = {};
  std::string line = {};  // as it came

  /// Whether it declares at least one operation of the type.
  [[nodiscard]] bool has(ObjectType type) const;
  [[nodiscard]] bool declares(ObjectType type, Operation operation) const;
};

struct Began {
  pid_t tid = 0;
  Nanoseconds at{0};
};

/// One parsed line from a driver. `id` is the request's; `index` counts the calls of a list.
struct Incoming {
  enum class Kind { kHello, kBegan, kAnswer, kEvent, kDefect };
  Kind kind = Kind::kAnswer;
  std::int64_t id = 0;
  std::int64_t index = -1;
  Hello hello = {};
  Began began = {};
  Answer answer = {};
  std::string defect = {};  // of the driver, as it says itself: type and message
};

/// Whether two texts are the same JSON value.
bool same_json(std::string_view a, std::string_view b);

/// Throws DriverError, naming what is wrong and showing the line.
Incoming decode(std::string_view line);

}  // namespace psq::conformance
