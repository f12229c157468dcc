// Descriptors: owned ones, and those of objects, which a child gives up without closing them.
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

namespace psq::driver::internal {

/// Owns one descriptor, and closes it once.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Fd() {
    if (number_ >= 0) ::close(number_);
  }

  [[nodiscard]] int get() const { return number_; }

 private:
  int number_ = -1;
};

/// Moves a descriptor of the driver's own above the standard ones: a program that starts without
/// these leaves their numbers to the objects. Throws std::system_error.
inline Fd above_standard(Fd made) {
  if (made.get() < 0 || made.get() > STDERR_FILENO) return made;
  Fd moved(::fcntl(made.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (moved.get() < 0) throw std::system_error(errno, std::generic_category(), "F_DUPFD_CLOEXEC");
  return moved;
}

/// The number of a descriptor, and the file that it names when recorded. By the time of a fork, the
/// number may name another file.
struct DescriptorRecord {
  int number = -1;
  dev_t device = 0;
  ino_t inode = 0;
  friend bool operator==(const DescriptorRecord&, const DescriptorRecord&) = default;
};

/// Returns nullopt when the number is not open.
inline std::optional<DescriptorRecord> record_descriptor(int number) {
  struct stat status {};
  if (::fstat(number, &status) != 0) return std::nullopt;
  return DescriptorRecord{.number = number, .device = status.st_dev, .inode = status.st_ino};
}

/// The numbers of all open descriptors of this process.
inline std::set<int> open_descriptors() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/fd"), &::closedir);
  if (!folder) throw std::system_error(errno, std::generic_category(), "/proc/self/fd");
  std::set<int> numbers;
  while (const dirent* entry = ::readdir(folder.get())) {
    if (entry->d_name[0] != '.') numbers.insert(std::atoi(entry->d_name));
  }
  numbers.erase(::dirfd(folder.get()));
  return numbers;
}

/// Replaces each descriptor that still names its recorded file by the null device. The numbers stay
/// taken: a destructor that knows nothing of the fork may close them, and closes no other file.
inline void put_null_over(const std::vector<DescriptorRecord>& records) {
  const Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (null.get() < 0) throw std::system_error(errno, std::generic_category(), "/dev/null");
  for (const DescriptorRecord& record : records) {
    if (record_descriptor(record.number) != record) continue;
    if (::dup3(null.get(), record.number, O_CLOEXEC) < 0) {
      throw std::system_error(errno, std::generic_category(), "dup3");
    }
  }
}

}  // namespace psq::driver::internal
