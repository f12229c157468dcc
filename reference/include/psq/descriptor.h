// Descriptor: what handles and connections own of the operating system.
//
// Processes: a fork copies it, and each copy is closed for itself. Threads: any may call any method
// at any time; a number that is in use while another thread closes it is that thread's fault.
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
