// One object in shared memory.

#pragma once

#include <new>
#include <type_traits>

#include "src/shared_memory.h"

namespace psq::test {

// The object is never destroyed, because other processes may still use it.
template <typename T>
class SharedObject {
 public:
  SharedObject() : memory_(sizeof(T)), object_(new (memory_.data()) T) {
    static_assert(std::is_trivially_destructible_v<T>);
  }

  T& operator*() const noexcept { return *object_; }
  T* operator->() const noexcept { return object_; }

 private:
  detail::SharedMemory memory_;
  T* object_;
};

}  // namespace psq::test
