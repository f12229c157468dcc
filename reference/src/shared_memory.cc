#include "src/shared_memory.h"

#include <sys/mman.h>

#include <cerrno>

#include "psq/error.h"

namespace psq::detail {

SharedMemory::SharedMemory(std::size_t size)
    : size_(size),
      data_(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
  if (data_ == MAP_FAILED) throw SystemError("cannot map shared memory", errno);
}

SharedMemory::~SharedMemory() {
  munmap(data_, size_);
}

}  // namespace psq::detail
