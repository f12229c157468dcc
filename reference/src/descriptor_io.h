// Descriptors, and waiting for them.

#pragma once

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <span>
#include <utility>

#include "psq/error.h"
#include "src/clock.h"

namespace psq::detail {

// Owns a descriptor, or none (-1).
class Descriptor {
 public:
  explicit Descriptor(int descriptor = -1) noexcept : descriptor_(descriptor) {}
  Descriptor(Descriptor&& other) noexcept : descriptor_(other.release()) {}
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  [[nodiscard]] int get() const noexcept { return descriptor_; }
  [[nodiscard]] int release() noexcept { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

// poll(2) until something is ready or the deadline passes; returns how many are ready.
inline int poll_until(std::span<pollfd> descriptors, Deadline deadline) {
  for (;;) {
    const timespec left = deadline.is_never() ? timespec{} : deadline.left();
    const int ready = ppoll(descriptors.data(), descriptors.size(),
                            deadline.is_never() ? nullptr : &left, nullptr);
    if (ready > 0) return ready;
    if (ready < 0 && errno != EINTR) throw SystemError("cannot wait for connections", errno);
    if (deadline.has_passed()) return 0;
  }
}

}  // namespace psq::detail
