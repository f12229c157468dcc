#include "src/queue_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "psq/error.h"
#include "src/file_size_signal.h"
#include "src/memory_mark.h"
#include "src/own_descriptor.h"
#include "src/probe.h"

namespace psq::detail {
namespace {

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

[[noreturn]] void throw_file_error(const char* doing, const std::string& path, int error) {
  throw SystemError(std::string(doing) + " the queue " + path, error);
}

}  // namespace

Descriptor make_queue_file(const std::string& path, std::size_t size) {
  const NoFileSizeSignal guard;
  Descriptor file =
      own_descriptor(open(folder_of(path).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR));
  if (file.get() < 0) throw_file_error("cannot make", path, errno);
  int error = EINTR;
  while (error == EINTR) error = posix_fallocate(file.get(), 0, static_cast<off_t>(size));
  if (error != 0) throw_file_error("cannot make", path, error);
  return file;
}

void name_queue_file(int file, const std::string& path, mode_t mode) {
  const std::string unnamed = "/proc/self/fd/" + std::to_string(file);
  if (fchmod(file, mode) != 0 ||
      linkat(AT_FDCWD, unnamed.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) != 0) {
    throw_file_error("cannot name", path, errno);
  }
  at("queue-named");
}

Descriptor open_queue_file(const std::string& path) {
  // A FIFO or a device must not make the call wait.
  Descriptor file = own_descriptor(open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) throw_file_error("cannot open", path, errno);
  return file;
}

void check_queue_file(int file, std::string_view kind, std::size_t size, const std::string& what) {
  const auto refuse_if = [&](bool wrong, const std::string& why) {
    if (wrong) throw InvalidArgument(what + " is " + why);
  };
  struct stat about {};
  MemoryMark mark;
  refuse_if(fstat(file, &about) != 0 || !S_ISREG(about.st_mode) || !mark.read_from(file),
            "no queue of psq");
  refuse_if(Token::minor_of(mark.version_name()) != Token::minor_of(PSQ_VERSION_STRING),
            "a queue of psq " + mark.version_name() +
                ", and this program has psq " PSQ_VERSION_STRING
                "; build both programs with the same minor version");
  refuse_if(mark.format != Token::kFormat || mark.word_bits != Token::kWordBits,
            "a queue of format " + std::to_string(mark.format) + " for " +
                std::to_string(mark.word_bits) + " bits, and this program has format " +
                std::to_string(Token::kFormat) + " for " + std::to_string(Token::kWordBits) +
                "; build both programs with the same version of psq and the same word size");
  refuse_if(mark.kind_name() != kind,
            "a " + mark.kind_name() + " and no " + std::string(kind) + " of psq");
  refuse_if(about.st_size < static_cast<off_t>(size), "a queue that was cut short");
  refuse_if(mark.inode != about.st_ino, "the copy of a queue: only the file itself is shared");
  refuse_if(mark.boot.front() != '\0' && mark.boot != boot_of_system(),
            "a queue of processes that ended when the system was started anew; remove the file");
}

std::array<char, 40> boot_of_system() noexcept {
  std::array<char, 40> boot{};
  const Descriptor file(open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 || read(file.get(), boot.data(), boot.size() - 1) < 0) return {};
  return boot;
}

}  // namespace psq::detail
