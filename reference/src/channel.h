// The channel under the queues: a ring of framed messages in shared memory, first in, first out.
//
// Messages are written into the ring and then committed by moving its tail, so that what a killed
// writer has not committed never was. Those longer than the ring travel in several frames under one
// hold of the write lock. Nobody has to clean up after a writer that died between two of them: a
// frame that begins a message ends whatever came before, and a reader that waits for a rest looks
// whether the write lock is still held. A reader that died leaves a mark that makes the next one
// throw away the rest of its message. Nobody holds a lock while it waits for a message to begin.

#ifndef PSQ_SRC_CHANNEL_H_
#define PSQ_SRC_CHANNEL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "src/clock.h"
#include "src/shared_memory.h"

namespace psq::detail {

// Shared by the processes that inherited it; all methods may be called by any thread of each.
class Channel {
 public:
  static constexpr std::size_t kCapacity = std::size_t{256} * 1024;

  // A capacity in bytes, a multiple of 64. Throws SystemError.
  explicit Channel(std::size_t capacity = kCapacity);

  // Appends the message, waiting for room as long as it takes.
  void send(std::string_view message);

  enum class Received { kMessage, kNothing, kStopped };
  // Appends the oldest message to `out`, waiting for one until the deadline, or until `stop`, which
  // is looked at from time to time. Once a message has begun its rest is waited for, unless its
  // writer is dead. Throws Corrupted when the ring holds what no writer writes.
  [[nodiscard]] Received receive(std::string& out, Deadline deadline,
                                 const std::atomic<bool>& stop);

  // Whether nothing can be read at this moment; a part of a message can.
  [[nodiscard]] bool empty() const noexcept;

  // How many messages were ever taken out, those included that died with their reader.
  [[nodiscard]] std::uint64_t messages_read() const noexcept;

 private:
  struct Ring;
  struct FrameHeader;
  enum class Kind : std::uint32_t { kWhole = 1, kFirst, kMiddle, kLast };

  void write_frame(Kind kind, std::string_view payload);
  void copy_in(std::uint64_t position, const void* data, std::size_t size) noexcept;

  bool take(std::string& out);
  bool take_rest(std::string* out);
  bool wait_for_rest();
  [[nodiscard]] FrameHeader front() const;
  void read_payload(const FrameHeader& frame, std::string& out) const;
  void drop_frame(const FrameHeader& frame) noexcept;
  void drop_last_frame(const FrameHeader& frame) noexcept;
  void repair_reading() noexcept;

  std::size_t capacity_;
  SharedObject<Ring> ring_;
  std::byte* data_;
};

}  // namespace psq::detail

#endif  // PSQ_SRC_CHANNEL_H_
