// Memory that a process shares with the children that it forks later, and with programs that
// inherit its descriptor.

#ifndef PSQ_SRC_SHARED_MEMORY_H_
#define PSQ_SRC_SHARED_MEMORY_H_

#include <cstddef>
#include <new>
#include <type_traits>

#include "src/descriptor_io.h"

namespace psq::detail {

// A shared mapping without a name, gone with the last process that has it. It is at the same
// address in a process and its forked children, and anywhere in a program that was executed: what
// lives in it holds no addresses.
class SharedMemory {
 public:
  explicit SharedMemory(std::size_t size);  // New and zeroed. Throws SystemError.
  // What a descriptor of another SharedMemory stands for. Throws SystemError.
  SharedMemory(Descriptor descriptor, std::size_t size);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  // Whether a descriptor is one of a SharedMemory, of this size.
  [[nodiscard]] static bool is_one(int descriptor, std::size_t size) noexcept;

  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_.get(); }  // Close-on-exec.

 private:
  Descriptor descriptor_;
  std::size_t size_;
  std::byte* data_;
};

// One T in shared memory. T is never destroyed: other processes may still use it, and a process
// that is killed destroys nothing either.
template <typename T>
class SharedObject {
 public:
  SharedObject() : memory_(sizeof(T)), object_(new (memory_.data()) T) {
    static_assert(std::is_trivially_destructible_v<T>);
  }

  T& operator*() const noexcept { return *object_; }
  T* operator->() const noexcept { return object_; }

 private:
  SharedMemory memory_;
  T* object_;
};

}  // namespace psq::detail

#endif  // PSQ_SRC_SHARED_MEMORY_H_
