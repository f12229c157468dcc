#include "src/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "psq/error.h"

namespace psq::detail {
namespace {

// Nobody can take the memory away from under those who have mapped it.
constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

Descriptor make_file(std::size_t size) {
  Descriptor file(memfd_create("psq", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (file.get() < 0 || ftruncate(file.get(), static_cast<off_t>(size)) != 0 ||
      fcntl(file.get(), F_ADD_SEALS, kSeals) != 0) {
    throw SystemError("cannot make shared memory", errno);
  }
  return file;
}

}  // namespace

SharedMemory::SharedMemory(std::size_t size) : SharedMemory(make_file(size), size) {}

SharedMemory::SharedMemory(Descriptor descriptor, std::size_t size)
    : descriptor_(std::move(descriptor)), size_(size) {
  void* const data = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_.get(), 0);
  if (data == MAP_FAILED) throw SystemError("cannot map shared memory", errno);
  data_ = static_cast<std::byte*>(data);
}

SharedMemory::~SharedMemory() {
  munmap(data_, size_);
}

bool SharedMemory::is_one(int descriptor, std::size_t size) noexcept {
  struct stat about {};
  return fcntl(descriptor, F_GET_SEALS) == kSeals && fstat(descriptor, &about) == 0 &&
         about.st_size == static_cast<off_t>(size);
}

}  // namespace psq::detail
