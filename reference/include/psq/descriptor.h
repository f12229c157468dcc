// Descriptor: the file descriptor that a handle or a connection owns.
//
// Processes: a fork copies the descriptor; closing one copy leaves the other open. Threads: any
// thread may call any method at any time. A caller that closes the descriptor makes sure that no
// other thread still uses its number.
//
// Clauses: process.hygiene.descriptors.

#pragma once

#include <unistd.h>

#include <atomic>

namespace psq::detail {

// Owns a descriptor, or none (-1).
class Descriptor {
 public:
  explicit Descriptor(int number = -1) noexcept : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.number_.exchange(-1)) {}
  Descriptor& operator=(Descriptor other) noexcept {
    number_ = other.number_.exchange(number_);
    return *this;
  }
  ~Descriptor() {
    if (get() >= 0) ::close(get());
  }

  [[nodiscard]] int get() const noexcept { return number_.load(); }

 private:
  std::atomic<int> number_;
};

}  // namespace psq::detail
