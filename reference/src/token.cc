#include "src/token.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <charconv>

#include "psq/error.h"

namespace psq {
namespace detail {
namespace {

// A token is "psq:LAYOUT:KIND:SIZE:INODE:DESCRIPTOR". The layout changes with what stands in shared
// memory; the inode tells one memory from any other that may have the same descriptor by now.
constexpr std::string_view kPrefix = "psq:1:";

std::string token_without_descriptor(std::string_view kind, std::size_t size, ino_t inode) {
  return std::string(kPrefix) + std::string(kind) + ':' + std::to_string(size) + ':' +
         std::to_string(inode) + ':';
}

[[noreturn]] void refuse(const std::string& token, const std::string& why) {
  throw InvalidArgument("'" + token + "' " + why);
}

}  // namespace

Handle make_handle(std::string_view kind, const SharedMemory& memory) {
  struct stat about {};
  if (fstat(memory.descriptor(), &about) != 0) throw SystemError("cannot look at a queue", errno);
  Descriptor inheritable(fcntl(memory.descriptor(), F_DUPFD, 3));
  if (inheritable.get() < 0) throw SystemError("cannot make a handle of a queue", errno);
  std::string token =
      token_without_descriptor(kind, static_cast<std::size_t>(about.st_size), about.st_ino) +
      std::to_string(inheritable.get());
  return {inheritable.release(), std::move(token)};
}

Descriptor take_handle(std::string_view kind, const std::string& token, std::size_t size) {
  if (!token.starts_with(std::string(kPrefix) + std::string(kind) + ':')) {
    refuse(token, "is no handle of a " + std::string(kind) + " of this version of psq");
  }
  const std::size_t last = token.rfind(':') + 1;
  int number = -1;
  const char* const end = token.data() + token.size();
  if (const auto read = std::from_chars(token.data() + last, end, number);
      read.ec != std::errc() || read.ptr != end) {
    refuse(token, "is no whole handle");
  }
  struct stat about {};
  if (!SharedMemory::is_one(number, size) || fstat(number, &about) != 0 ||
      token.substr(0, last) != token_without_descriptor(kind, size, about.st_ino)) {
    refuse(token,
           "stands for nothing that this program has inherited; execute it while the handle "
           "lives, and let it inherit descriptors");
  }
  if ((fcntl(number, F_GETFD) & FD_CLOEXEC) != 0) refuse(token, "was used before in this program");
  if (fcntl(number, F_SETFD, FD_CLOEXEC) != 0) throw SystemError("cannot take a queue over", errno);
  return Descriptor(number);
}

}  // namespace detail

Handle::~Handle() {
  const detail::Descriptor closing(descriptor_);
}

}  // namespace psq
