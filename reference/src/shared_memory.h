// Memory that a process shares with the children that it forks later.

#ifndef PSQ_SRC_SHARED_MEMORY_H_
#define PSQ_SRC_SHARED_MEMORY_H_

#include <cstddef>
#include <new>
#include <type_traits>

namespace psq::detail {

// An anonymous shared mapping, zeroed: no name, no descriptor, gone with the last process that has
// it. It is at the same address in all of them.
class SharedMemory {
 public:
  explicit SharedMemory(std::size_t size);  // Throws SystemError.
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  [[nodiscard]] void* data() const noexcept { return data_; }

 private:
  std::size_t size_;
  void* data_;
};

// One T in shared memory, with `extra` zeroed bytes behind it. T is never destroyed: other
// processes may still use it, and a process that is killed destroys nothing either.
template <typename T>
class SharedObject {
 public:
  explicit SharedObject(std::size_t extra = 0)
      : memory_(sizeof(T) + extra), object_(new (memory_.data()) T) {
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
