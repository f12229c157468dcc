// Descriptors, and the system calls on them that have to be begun again after a signal.

#ifndef PSQ_SRC_DESCRIPTOR_IO_H_
#define PSQ_SRC_DESCRIPTOR_IO_H_

#include <poll.h>

#include <cstddef>
#include <span>
#include <utility>

#include "src/clock.h"

namespace psq::detail {

// Owns a descriptor, or none (-1).
class Descriptor {
 public:
  Descriptor() noexcept = default;
  explicit Descriptor(int descriptor) noexcept : descriptor_(descriptor) {}
  Descriptor(Descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor();

  [[nodiscard]] int get() const noexcept { return descriptor_; }
  [[nodiscard]] int release() noexcept { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_ = -1;
};

// Throws the error that stands for an errno of a send or receive.
[[noreturn]] void throw_for(int error, const char* doing);

// poll(2) until something is ready or the deadline passes; returns how many are ready.
int poll_until(std::span<pollfd> descriptors, Deadline deadline);

// Reads until `room` is full or the stream ends; returns the number of bytes.
// Throws ConnectionReset, Closed, SystemError.
std::size_t read_fully(int descriptor, std::span<std::byte> room);

// Writes all of it, raising no SIGPIPE. Throws BrokenPipe, ConnectionReset, Closed, SystemError.
void write_fully(int descriptor, bool is_socket, std::span<const std::byte> data);

}  // namespace psq::detail

#endif  // PSQ_SRC_DESCRIPTOR_IO_H_
