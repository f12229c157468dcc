#include "src/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>

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

// A token is "psq:LAYOUT:KIND:INODE:DESCRIPTOR". The layout changes with what stands in shared
// memory; the inode tells one memory from any other that may have the same descriptor by now.
std::string start_of_token(std::string_view kind) { return "psq:3:" + std::string(kind) + ':'; }

std::string make_token(std::string_view kind, const struct stat& about, int descriptor) {
  return start_of_token(kind) + std::to_string(about.st_ino) + ':' + std::to_string(descriptor);
}

}  // namespace

SharedMemory::SharedMemory(std::size_t size) : SharedMemory(make_file(size), size) {}

SharedMemory::SharedMemory(Descriptor descriptor, std::size_t size)
    : descriptor_(std::move(descriptor)), size_(size) {
  void* const data = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_.get(), 0);
  if (data == MAP_FAILED) throw SystemError("cannot map shared memory", errno);
  data_ = static_cast<std::byte*>(data);
}

SharedMemory::~SharedMemory() { munmap(data_, size_); }

Handle make_handle(std::string_view kind, const SharedMemory& memory) {
  struct stat about {};
  fstat(memory.descriptor(), &about);
  Descriptor inheritable(fcntl(memory.descriptor(), F_DUPFD, 3));
  if (inheritable.get() < 0) throw SystemError("cannot make a handle of a queue", errno);
  std::string token = make_token(kind, about, inheritable.get());
  return {std::move(inheritable), std::move(token)};
}

Descriptor take_handle(std::string_view kind, const std::string& token, std::size_t size) {
  const auto refuse_if = [&](bool wrong, const std::string& why) {
    if (wrong) throw InvalidArgument("'" + token + "' " + why);
  };
  refuse_if(!token.starts_with(start_of_token(kind)),
            "is no handle of a " + std::string(kind) + " of this version of psq");
  const std::string digits = token.substr(token.rfind(':') + 1);
  const auto number = static_cast<int>(std::strtol(digits.c_str(), nullptr, 10));
  refuse_if(digits != std::to_string(number), "is no whole handle");
  struct stat about {};
  refuse_if(fcntl(number, F_GET_SEALS) != kSeals || fstat(number, &about) != 0 ||
                about.st_size != static_cast<off_t>(size) ||
                token != make_token(kind, about, number),
            "stands for nothing that this program has inherited; execute it while the handle "
            "lives, and let it inherit descriptors");
  refuse_if((fcntl(number, F_GETFD) & FD_CLOEXEC) != 0, "was used before in this program");
  fcntl(number, F_SETFD, FD_CLOEXEC);
  return Descriptor(number);
}

}  // namespace psq::detail
