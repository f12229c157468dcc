// Memory that a process shares with the children that it forks later, and with programs that
// inherit its descriptor.

#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "psq/error.h"
#include "psq/handle.h"
#include "src/file_size_signal.h"
#include "src/own_descriptor.h"

namespace psq::detail {

// A shared mapping without a name, freed with the last process that has it. Its address is the same
// in a process and its forked children, and arbitrary in an executed program: so it holds no
// addresses.
class SharedMemory {
 public:
  // New and zeroed. Throws SystemError.
  explicit SharedMemory(std::size_t size) : SharedMemory(make_file(size), size) {}
  // The memory that a handle stands for. Throws InvalidArgument, with nothing taken, when the token
  // is of another kind or does not match the descriptor, and SystemError.
  SharedMemory(std::string_view kind, const std::string& token, std::size_t size)
      : SharedMemory(inherited_file(kind, token, size), size) {}
  SharedMemory(SharedMemory&&) = delete;
  ~SharedMemory() { munmap(data_, size_); }

  [[nodiscard]] std::byte* data() const noexcept { return data_; }

  // Throws SystemError.
  [[nodiscard]] Handle handle(std::string_view kind) const {
    Descriptor inheritable(fcntl(file_.get(), F_DUPFD, 3));
    if (inheritable.get() < 0) throw SystemError("cannot make a handle of a queue", errno);
    std::string token = token_of(kind, inheritable.get());
    return {std::move(inheritable), std::move(token)};
  }

 private:
  // No process can shrink the memory while another one has it mapped.
  static constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

  SharedMemory(Descriptor file, std::size_t size) : file_(std::move(file)), size_(size) {
    void* const data = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
    if (data == MAP_FAILED) throw SystemError("cannot map shared memory", errno);
    data_ = static_cast<std::byte*>(data);
  }

  static Descriptor make_file(std::size_t size) {
    const NoFileSizeSignal guard;
    Descriptor file = own_descriptor(memfd_create("psq", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (file.get() < 0 || ftruncate(file.get(), static_cast<off_t>(size)) != 0 ||
        fcntl(file.get(), F_ADD_SEALS, kSeals) != 0) {
      throw SystemError("cannot make shared memory", errno);
    }
    return file;
  }

  // "psq:LAYOUT:KIND:INODE:DESCRIPTOR". The layout number changes with the layout of the memory.
  // The inode tells this memory from another file that has the same descriptor number later.
  static std::string token_of(std::string_view kind, int descriptor) {
    struct stat about {};
    fstat(descriptor, &about);
    return start_of_token(kind) + std::to_string(about.st_ino) + ':' + std::to_string(descriptor);
  }
  static std::string start_of_token(std::string_view kind) {
    return "psq:4:" + std::string(kind) + ':';
  }

  // The inherited descriptor; from now on it is close-on-exec.
  static Descriptor inherited_file(std::string_view kind, const std::string& token,
                                   std::size_t size) {
    const auto refuse_if = [&](bool wrong, const std::string& why) {
      if (wrong) throw InvalidArgument("'" + token + "' " + why);
    };
    refuse_if(!token.starts_with(start_of_token(kind)),
              "is no handle of a " + std::string(kind) + " of this version of psq");
    const std::string digits = token.substr(token.rfind(':') + 1);
    const auto number = static_cast<int>(std::strtol(digits.c_str(), nullptr, 10));
    refuse_if(digits != std::to_string(number), "is no whole handle");
    struct stat about {};
    const int seals = fcntl(number, F_GET_SEALS);  // The system may have added some.
    refuse_if(seals < 0 || (seals & kSeals) != kSeals || fstat(number, &about) != 0 ||
                  about.st_size != static_cast<off_t>(size) || token != token_of(kind, number),
              "stands for nothing that this program has inherited; execute it while the handle "
              "lives, and let it inherit descriptors");
    refuse_if((fcntl(number, F_GETFD) & FD_CLOEXEC) != 0, "was used before in this program");
    fcntl(number, F_SETFD, FD_CLOEXEC);
    return Descriptor(number);
  }

  Descriptor file_;
  std::size_t size_;
  std::byte* data_;
};

}  // namespace psq::detail
