// The controller's requests after parsing: values, operations and their arguments.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace psq::driver {

/// A duration as the controller wrote it. It may be negative, infinite or not a number; the
/// implementation decides what that means.
using Seconds = std::chrono::duration<double>;

enum class ObjectType { kQueue, kJoinableQueue, kSimpleQueue, kConnection };

/// The operations that `Hello::operations` may declare.
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
  kDropProcess,
  // to a named thread
  kEndThread,
};

/// The step that raises an error for an item.
enum class Fail { kNever, kSerialize, kDeserialize };

/// The kind of that error: an ordinary one, a request to end the process, an interruption by the
/// user, or one that a handler of all ordinary errors does not handle. An adapter declares the
/// options of those that its language has.
enum class Failure { kError, kExit, kInterrupt, kOther };

/// A value that can be checked: its producer, its number, and its *serialized* size in bytes.
/// `make_item` and `check_item` in item.h turn it into bytes and back.
struct Item {
  std::string from;
  std::uint64_t seq = 0;
  std::size_t size = 0;
  Fail fail = Fail::kNever;
  Failure failure = Failure::kError;
  Seconds slow_serialize{0};    // added to the time of its serialization
  Seconds slow_deserialize{0};  // added to the time of its deserialization
  std::string same = {};        // not empty: the name of the object that the thread puts again
  bool intact = true;           // of a received item: no byte differs
};

/// The text of a JSON value. The value travels as one of the implementation's language.
struct Json {
  std::string text;
};

/// Raw bytes, for the operations on bytes.
struct Bytes {
  std::string data;
};

using Payload = std::variant<std::monostate, Item, Json, Bytes>;

/// One call on an object. Fields that the verb does not use keep their defaults.
struct Operation {
  Verb verb = Verb::kClose;
  bool block = true;                      // put, get
  std::optional<Seconds> timeout;         // put, get, poll; nullopt: no timeout
  Payload payload;                        // put, send: Item or Json. send_bytes: Item or Bytes
  std::optional<std::int64_t> offset;     // send_bytes, recv_bytes_into
  std::optional<std::int64_t> size;       // send_bytes
  std::optional<std::int64_t> maxlength;  // recv_bytes
  std::size_t room = 0;                   // recv_bytes_into: bytes in the buffer
};

}  // namespace psq::driver
