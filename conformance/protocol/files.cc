#include "protocol/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "protocol/posix.h"

namespace psq::conformance {
namespace {

[[noreturn]] void give_up(const std::filesystem::path& path, int error) {
  throw CannotWrite{"cannot write " + path.string() + ": " + std::strerror(error) +
                    "; make room or permission there, or name another place"};
}

Fd opened(const std::filesystem::path& path, int how) {
  Fd file{::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | how, 0666)};
  if (!file.open()) give_up(path, errno);
  return file;
}

/// Zero, or the error.
int write_whole(const Fd& file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(file.get(), text.data(), text.size());
    if (wrote >= 0) {
      text.remove_prefix(static_cast<std::size_t>(wrote));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

}  // namespace

void write_file(const std::filesystem::path& path, std::string_view contents) {
  const Fd file = opened(path, O_TRUNC);
  if (const int error = write_whole(file, contents); error != 0) give_up(path, error);
}

void append_line(const std::filesystem::path& path, std::string_view line) {
  const Fd file = opened(path, O_APPEND);
  struct stat before {};
  const bool known = ::fstat(file.get(), &before) == 0 && S_ISREG(before.st_mode);
  const int error = write_whole(file, std::string{line} + "\n");
  if (error == 0) return;
  if (known && ::ftruncate(file.get(), before.st_size) != 0) give_up(path, errno);
  give_up(path, error);
}

void make_folder(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) give_up(path, error.value());
}

}  // namespace psq::conformance
