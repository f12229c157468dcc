// The channel under the queues: a ring of framed messages in shared memory, first in, first out.
//
// Messages are written into the ring and then committed by moving its tail, so that what a killed
// writer has not committed never was. Those longer than the ring travel in several frames under one
// hold of the write lock. Nobody has to clean up after a writer that died between two of them: a
// frame that begins a message ends whatever came before, and a reader that waits for a rest looks
// whether the write lock is still held. Where the readers are is one word, which also says whether
// a message has begun: of one that a dead reader has begun the next one throws away the rest. Where
// the writers are is one word as well, which also says who wrote last, and how many messages by
// then. So there is nothing to repair. Nobody holds a lock while it waits for a message to begin.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "src/clock.h"

namespace psq::detail {

inline constexpr std::size_t kCacheLine = 64;

// Whoever wants to know how many messages of its own have become visible has a number from 0 on.
using Writer = std::uint32_t;
inline constexpr std::size_t kWriters = 4096;

// Shared by the processes that inherited it; all methods may be called by any thread of each.
class Channel {
 public:
  static constexpr std::size_t kCapacity = std::size_t{256} * 1024;

  // How much memory one takes whose capacity is so many bytes, a power of two from 64 on.
  [[nodiscard]] static std::size_t size_of(std::size_t capacity = kCapacity);
  // In so much zeroed shared memory, aligned to 64 bytes and not owned: a new one, or the one that
  // is there. Throws InvalidArgument.
  enum class Begin { kNew, kAsItIs };
  Channel(std::byte* memory, Begin begin, std::size_t capacity = kCapacity);

  // Appends the message, waiting for room as long as it takes. No two threads write with the same
  // number at the same time, if somebody wants to know.
  void send(std::string_view message, Writer writer = 0);
  // The same without waiting for anything. False, with no effect: it would have to.
  [[nodiscard]] bool try_send(std::string_view message, Writer writer);
  // Appends the first messages of a batch, at least one and as many as is good for the others,
  // waiting for room for the first. A batch is a row of messages, each after its length, a
  // std::size_t. Returns how many bytes of it were used up.
  [[nodiscard]] std::size_t send_some(std::string_view batch, Writer writer);
  // How many messages were ever committed with this number. To be asked by the one who writes with
  // it, or when that one is dead.
  [[nodiscard]] std::uint64_t committed(Writer writer) const noexcept;

  // Appends the oldest message to `out`, waiting for one until the deadline, or until `stop`, which
  // is looked at from time to time: false. Once a message has begun its rest is waited for, unless
  // its writer is dead. Throws Corrupted when the ring holds what no writer writes.
  [[nodiscard]] bool receive(std::string& out, Deadline deadline, const std::atomic<bool>& stop);

  // Whether nothing can be read at this moment; a part of a message can.
  [[nodiscard]] bool empty() const noexcept;

  // How many messages were ever taken out, those included that died with their reader. Wraps
  // around.
  [[nodiscard]] std::uint32_t messages_read() const noexcept;

 private:
  struct Ring;
  struct FrameHeader;
  struct Head;
  struct Tail;
  enum class Kind : std::uint32_t { kMiddle = 4, kFirst, kLast, kWhole };

  void append(std::string_view message, Writer writer);
  void append_long(std::string_view message, Writer writer);
  [[nodiscard]] bool is_short(std::size_t length) const noexcept;
  [[nodiscard]] bool has_room(std::size_t length) noexcept;
  [[nodiscard]] std::uint64_t written() const noexcept;
  void write(Kind kind, std::string_view payload, Writer writer);
  void copy_in(std::uint64_t position, const void* data, std::size_t size) noexcept;

  [[nodiscard]] bool readable() const noexcept;
  bool take(std::string& out);
  bool take_rest(std::string* out);
  bool wait_for_rest();
  [[nodiscard]] FrameHeader front() const;
  void read_payload(const FrameHeader& frame, std::string& out) const;
  void drop(const FrameHeader& frame) noexcept;

  std::size_t capacity_;
  Ring* ring_;
  std::byte* data_;
};

}  // namespace psq::detail
