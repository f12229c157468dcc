// What travels through an object, and how long a call may wait for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "generated/enums.h"

namespace psq::conformance {

/// A value that a driver makes: its producer, its number there, its serialized size in bytes.
struct Item {
  std::string from;
  std::int64_t seq = 0;
  std::int64_t size = 128;
  std::string fail = {};        // "serialize", "deserialize" or nothing
  std::string failure = {};     // the kind of that error, nothing for an ordinary one
  double slow_serialize = 0;    // seconds that it takes longer
  double slow_deserialize = 0;  // the same
  std::string same = {};        // the object that the thread puts again
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
/// The field of a request that holds it.
Field field_of(const Payload& payload);

/// How long a call waits at most, in seconds. They may be infinite, negative or not a number.
struct Timeout {
  std::optional<double> seconds = {};  // nothing: for ever
};

}  // namespace psq::conformance
