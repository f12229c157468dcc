// Memory that a process shares with the children that it forks later, and with programs that
// inherit its descriptor; and bytes behind it in the same file, of which the first ones are mapped.

#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "psq/error.h"
#include "psq/handle.h"
#include "src/file_size_signal.h"
#include "src/in_valgrind.h"
#include "src/memory_mark.h"
#include "src/own_descriptor.h"
#include "src/token.h"

namespace psq::detail {

class Window;

// A shared mapping without a name, unless its file has one, freed with the last process that has
// it. Its address is the same in a process and its forked children, and arbitrary in an executed
// program: so it holds no addresses.
class SharedMemory {
 public:
  // New and zeroed. Throws SystemError.
  explicit SharedMemory(std::size_t size) : SharedMemory(make_file(size), size) {}
  // The memory that a handle stands for. Throws InvalidArgument, with nothing taken, when the token
  // is of another kind, is of another version of psq, or does not match the descriptor; and
  // SystemError.
  SharedMemory(std::string_view kind, const std::string& token, std::size_t size)
      : SharedMemory(inherited_file(kind, token, size), size) {}
  // Of a file that has `size` bytes. Throws SystemError.
  SharedMemory(Descriptor file, std::size_t size)
      : file_(std::move(file)), size_(size), cannot_shrink_(cannot_shrink(file_.get())) {
    void* const data =
        mmap(nullptr, size_mapped(), PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
    if (data == MAP_FAILED) throw SystemError("cannot map shared memory", errno);
    data_ = static_cast<std::byte*>(data);
  }
  SharedMemory(SharedMemory&&) = delete;
  ~SharedMemory() {
    if (!stays_) munmap(data_, size_mapped());
  }
  // From now on the process has it mapped as long as it lives.
  void stay_mapped() noexcept { stays_ = true; }

  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::byte* end() const noexcept { return data_ + size_; }
  [[nodiscard]] int descriptor() const noexcept { return file_.get(); }

  // The functions below are for the bytes behind `size`, which take memory from the first time that
  // they are written until they are given back. Offsets count from the first of them.
  static constexpr std::uint64_t kPage = 4096;

  // So many of them are mapped, or none in valgrind, which would read each of them and be told by a
  // signal each time that there is nothing. A process that touches a mapped byte behind the end of
  // the file, or one for which there is no memory, is killed by the system: reserve_behind finds
  // out before.
  static constexpr std::uint64_t kMapped = std::uint64_t{32} << 20;
  // Null: not all of these bytes are mapped.
  [[nodiscard]] std::byte* mapped_behind(std::uint64_t offset,
                                         std::uint64_t length) const noexcept {
    const bool is_mapped = offset <= mapped_ && length <= mapped_ - offset;
    return is_mapped ? data_ + begin_behind() + offset : nullptr;
  }

  // Throws SystemError when the machine does not have as much memory. (The system lends more than
  // it has, and kills a process later.)
  static void check_length(std::uint64_t length) {
    const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    if (length / page >= pages_of_machine())
      throw SystemError("no shared memory for a long item", ENOMEM);
  }
  // Makes the file reach to these bytes and have memory for them. The error number; zero for none.
  [[nodiscard]] int reserve_behind(std::uint64_t offset, std::uint64_t length) const noexcept {
    const NoFileSizeSignal guard;
    // In pieces: the system undoes one that a signal interrupts.
    for (std::uint64_t done = 0; done < length;) {
      const std::uint64_t piece = std::min(length - done, kReserved);
      const auto at = begin_behind() + static_cast<off_t>(offset + done);
      if (fallocate(file_.get(), 0, at, static_cast<off_t>(piece)) == 0)
        done += piece;
      else if (errno != EINTR)
        return errno;
    }
    return 0;
  }

  // Throws SystemError, with a part written.
  void write_behind(std::uint64_t offset, std::string_view bytes) const {
    const NoFileSizeSignal guard;
    for (auto at = begin_behind() + static_cast<off_t>(offset); !bytes.empty();) {
      const ssize_t written = pwrite(file_.get(), bytes.data(), bytes.size(), at);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) throw SystemError("no shared memory for a long item", errno);
      bytes.remove_prefix(static_cast<std::size_t>(written));
      at += written;
    }
  }
  // Appends `length` bytes, for which `out` has the capacity. Throws SystemError, and Corrupted
  // when the file has no such bytes.
  void read_behind(std::uint64_t offset, std::uint64_t length, std::string& out) const {
    for (auto at = begin_behind() + static_cast<off_t>(offset); length > 0;) {
      // In pieces: a string makes its bytes zero before they can be read into it, in the cache.
      const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(length, kPiece));
      const std::size_t before = out.size();
      out.resize(before + piece);
      const ssize_t got = pread(file_.get(), out.data() + before, piece, at);
      out.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw SystemError("cannot read a long item", errno);
      if (got == 0) throw Corrupted("a long item in shared memory has no end");
      length -= static_cast<std::uint64_t>(got);
      at += got;
    }
  }
  // Whether the file has these bytes.
  [[nodiscard]] bool has_behind(std::uint64_t offset, std::uint64_t length) const noexcept {
    const auto ends_within = [&](std::uint64_t there) {
      return offset <= there && length <= there - offset;
    };
    return ends_within(seen_behind_.load(std::memory_order_relaxed)) || ends_within(look_behind());
  }
  // Gives the memory of these bytes back to the system. Whole pages alone.
  void give_back_behind(std::uint64_t offset, std::uint64_t length) const noexcept {
    (void)fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                    begin_behind() + static_cast<off_t>(offset), static_cast<off_t>(length));
  }

  // Throws SystemError.
  [[nodiscard]] Handle handle(std::string_view kind) const {
    Descriptor inheritable(fcntl(file_.get(), F_DUPFD, 3));
    if (inheritable.get() < 0) throw SystemError("cannot make a handle of a queue", errno);
    struct stat about {};
    fstat(inheritable.get(), &about);
    std::string token = Token{about.st_ino, inheritable.get()}.text(kind);
    return {std::move(inheritable), std::move(token)};
  }

 private:
  // No process can shrink the memory while another one has it mapped.
  static constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_SEAL;
  static constexpr std::size_t kPiece = std::size_t{64} << 10;
  static constexpr std::uint64_t kReserved = std::uint64_t{16} << 20;

  // Asked once, because it is a slow system call.
  static std::uint64_t pages_of_machine() noexcept {
    static constinit std::atomic<std::uint64_t> known{0};
    if (known.load(std::memory_order_relaxed) == 0)
      known.store(static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)), std::memory_order_relaxed);
    return known.load(std::memory_order_relaxed);
  }

  [[nodiscard]] off_t begin_behind() const noexcept {
    return static_cast<off_t>((size_ + kPage - 1) / kPage * kPage);
  }
  [[nodiscard]] std::size_t size_mapped() const noexcept {
    return static_cast<std::size_t>(begin_behind()) + static_cast<std::size_t>(mapped_);
  }

  // How many bytes the file has behind the memory. It remembers them if no process can take them
  // away, so that few messages need a system call.
  [[nodiscard]] std::uint64_t look_behind() const noexcept {
    struct stat about {};
    fstat(file_.get(), &about);
    const auto there =
        static_cast<std::uint64_t>(std::max(about.st_size - begin_behind(), off_t{0}));
    if (cannot_shrink_) seen_behind_.store(there, std::memory_order_relaxed);
    return there;
  }

  // Not of a file with a name, which has no seals.
  static bool cannot_shrink(int file) noexcept {
    const int seals = fcntl(file, F_GET_SEALS);
    return seals >= 0 && (seals & F_SEAL_SHRINK) != 0;
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

  // The inherited descriptor; from now on it is close-on-exec.
  static Descriptor inherited_file(std::string_view kind, const std::string& text,
                                   std::size_t size) {
    const Token token = Token::read(kind, text);
    struct stat about {};
    Token::refuse_if(!MemoryMark().read_from(token.descriptor) ||
                         fstat(token.descriptor, &about) != 0 ||
                         about.st_size < static_cast<off_t>(size) || about.st_ino != token.inode,
                     text,
                     "stands for nothing that this program has inherited; execute it while the "
                     "handle lives, and let it inherit descriptors");
    Token::refuse_if((fcntl(token.descriptor, F_GETFD) & FD_CLOEXEC) != 0, text,
                     "was used before in this program");
    fcntl(token.descriptor, F_SETFD, FD_CLOEXEC);
    return Descriptor(token.descriptor);
  }

  friend Window;

  Descriptor file_;
  std::size_t size_;
  const bool cannot_shrink_;
  const std::uint64_t mapped_ = is_in_valgrind() ? 0 : kMapped;
  std::byte* data_;
  std::atomic<bool> stays_{false};
  mutable std::atomic<std::uint64_t> seen_behind_{0};
};

// Bytes behind the memory that this process can touch while it lives and the memory does. Or none.
class Window {
 public:
  Window() = default;
  // Throws SystemError.
  Window(const SharedMemory& memory, std::uint64_t offset, std::uint64_t length)
      : data_(memory.mapped_behind(offset, length)), length_(length) {
    if (data_ != nullptr) return;
    const auto from = static_cast<std::uint64_t>(memory.begin_behind()) + offset;
    const std::uint64_t before = from % static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    mapped_ = before + length;
    void* const data = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_SHARED,
                            memory.file_.get(), static_cast<off_t>(from - before));
    if (data == MAP_FAILED) throw SystemError("cannot map a long item", errno);
    begin_ = static_cast<std::byte*>(data);
    data_ = begin_ + before;
  }
  Window(Window&& other) noexcept { swap(other); }
  Window& operator=(Window&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Window() {
    if (begin_ != nullptr) munmap(begin_, mapped_);
  }

  [[nodiscard]] std::span<std::byte> bytes() const noexcept { return {data_, length_}; }
  // Whether it is none of those that the memory's mapping has.
  [[nodiscard]] bool is_mapped_anew() const noexcept { return begin_ != nullptr; }

  // Maps the pages now, all at once: much cheaper than one after the other when they are touched.
  // `how` is MADV_POPULATE_READ or MADV_POPULATE_WRITE. Older systems map them later, and so do
  // those of larger pages than kPage.
  void map_pages(int how) const noexcept {
    if (is_mapped_anew())
      (void)madvise(begin_, mapped_, how);
    else
      (void)madvise(data_, length_, how);
  }

 private:
  void swap(Window& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(length_, other.length_);
    std::swap(begin_, other.begin_);
    std::swap(mapped_, other.mapped_);
  }

  std::byte* data_ = nullptr;
  std::size_t length_ = 0;
  std::byte* begin_ = nullptr;  // Of a mapping of its own, if it has one.
  std::uint64_t mapped_ = 0;
};

}  // namespace psq::detail
