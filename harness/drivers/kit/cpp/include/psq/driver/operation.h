// What the controller asks for, taken out of its JSON: values, operations and their arguments.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace psq::driver {

/// Durations come from the controller as it wrote them and may be negative, infinite or not a
/// number: what those mean is the implementation's to say.
using Seconds = std::chrono::duration<double>;

enum class ObjectType { kQueue, kJoinableQueue, kSimpleQueue, kConnection };

/// Everything that can be declared in `Hello::operations`.
enum class Verb {
  // to an object
  kPut,
  kGet,
  kQsize,
  kEmpty,
  kFull,
  kClose,
  kJoinThread,
  kCancelJoinThread,
  kTaskDone,
  kJoin,
  kSend,
  kRecv,
  kSendBytes,
  kRecvBytes,
  kRecvBytesInto,
  kPoll,
  kClosed,
  kReadable,
  kWritable,
  kWait,
  kSendConnection,
  kRecvConnection,
  // to the parent of a child
  kSpawn,
  kJoinProcess,
  kExitCode,
  kTerminate,
  kKill,
};

/// When an item raises an error by being serialized or deserialized.
enum class Fail { kNever, kSerialize, kDeserialize };

/// A value that can be checked: who put it, the how-manieth it is, its *serialized* size in bytes.
/// `make_item` and `check_item` of item.h turn it into bytes and back.
struct Item {
  std::string from;
  std::uint64_t seq = 0;
  std::size_t size = 0;
  Fail fail = Fail::kNever;
  Seconds slow_serialize{0};    // how much longer serializing it has to take
  Seconds slow_deserialize{0};  // how much longer deserializing it has to take
  bool intact = true;           // of an item that was received: nothing in it differs
};

/// A plain JSON value, as its text. It travels as a value of the implementation's language.
struct Json {
  std::string text;
};

/// Raw bytes, for the operations on bytes.
struct Bytes {
  std::string data;
};

using Payload = std::variant<std::monostate, Item, Json, Bytes>;

/// One call on an object. Fields that the verb does not have keep their defaults.
struct Operation {
  Verb verb = Verb::kClose;
  bool block = true;                      // put, get
  std::optional<Seconds> timeout;         // put, get, poll; nothing: wait for ever
  Payload payload;                        // put, send: Item or Json. send_bytes: Item or Bytes
  std::optional<std::int64_t> offset;     // send_bytes, recv_bytes_into
  std::optional<std::int64_t> size;       // send_bytes
  std::optional<std::int64_t> maxlength;  // recv_bytes
  std::size_t room = 0;                   // recv_bytes_into: bytes in the buffer
};

}  // namespace psq::driver
