// What is made of a received item: an object of bytes, or memory that can be written, to which
// unpickled values refer. A long one is copied once, out of the queue's memory, without the GIL.

#pragma once

#include <psq/loan.h>
#include <pybind11/pybind11.h>
#include <sys/mman.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gil.h"
#include "kept.h"

namespace psq::python {

// Lets new memory have pages of 2 MiB where the system has some: most of what a long item costs is
// the page faults of its memory.
inline void ask_for_huge_pages(void* data, std::size_t size) noexcept {
  constexpr std::uintptr_t kPage = 4096;
  constexpr std::size_t kLeast = std::size_t{4} << 20;
  if (size < kLeast) return;
  const auto address = reinterpret_cast<std::uintptr_t>(data);
  const std::uintptr_t begin = (address + kPage - 1) / kPage * kPage;
  const std::uintptr_t end = (address + size) / kPage * kPage;
  (void)madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

// The bytes of a received item, with a writable buffer.
class Received {
 public:
  explicit Received(std::size_t size)
      : bytes_(std::make_unique_for_overwrite<char[]>(size)), size_(size) {
    ask_for_huge_pages(bytes_.get(), size);
  }

  [[nodiscard]] char* data() noexcept { return bytes_.get(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

using Item = std::unique_ptr<detail::Lent>;

inline std::string_view text_of(const detail::Lent& item) noexcept {
  return {reinterpret_cast<const char*>(item.bytes().data()), item.bytes().size()};
}

// An item up to this size is made a bytes object, which costs less than a Received.
inline constexpr std::size_t kCopied = std::size_t{16} << 10;

// A bytes object of what is behind the first bytes of an item, which it gives back.
inline Kept bytes_behind(std::size_t begin, Item item) {
  const std::string_view from = text_of(*item).substr(begin);
  Kept bytes(PyBytes_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(from.size())));
  char* const to = PyBytes_AS_STRING(bytes.get());
  ask_for_huge_pages(to, from.size());
  const auto copy = [&] {
    std::memcpy(to, from.data(), from.size());
    item.reset();
  };
  from.size() <= kCopied ? copy() : without_gil(copy);
  return bytes;
}

// The bytes of an item, which it gives back, as an object whose buffer may be writable.
inline Kept received(Item item) {
  const std::string_view from = text_of(*item);
  if (from.size() <= kCopied) return bytes_behind(0, std::move(item));
  auto own = std::make_unique<Received>(from.size());
  without_gil([&] {
    std::memcpy(own->data(), from.data(), from.size());
    item.reset();
  });
  return Kept(pybind11::cast(std::move(own)));
}

// The pickle of a large bytes object: that it is made of the buffer behind.
inline constexpr std::string_view kBytesPickle{
    "\x80\x05\x8c\x08"
    "builtins\x8c\x05"
    "bytes\x93\x97\x85R."};

// Where the content of a large bytes object begins, if the item is one as psq/pickles.py frames it.
// Other processes may change the bytes meanwhile: nothing else is taken from them.
inline std::optional<std::size_t> begin_of_bytes(std::string_view item) {
  constexpr std::size_t kAligned = 64;
  constexpr std::size_t kHead = 8 + 2 * sizeof(std::uint64_t);
  constexpr std::size_t kBegin = (kHead + kBytesPickle.size() + kAligned - 1) / kAligned * kAligned;
  if (item.size() < kBegin) return std::nullopt;
  const std::array<std::uint64_t, 2> lengths{kBytesPickle.size(), item.size() - kBegin};
  std::string head("psq\1\2\0\0\0", 8);
  head.append(reinterpret_cast<const char*>(lengths.data()), sizeof lengths);
  head.append(kBytesPickle);
  return item.starts_with(head) ? std::optional(kBegin) : std::nullopt;
}

}  // namespace psq::python
