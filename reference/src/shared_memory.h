// Memory that a process shares with the children that it forks later, and with programs that
// inherit its descriptor.

#pragma once

#include <string_view>

#include "psq/handle.h"

namespace psq::detail {

// A shared mapping without a name, gone with the last process that has it. It is at the same
// address in a process and its forked children, and anywhere in a program that was executed: what
// lives in it holds no addresses.
class SharedMemory {
 public:
  explicit SharedMemory(std::size_t size);  // New and zeroed. Throws SystemError.
  // What a descriptor of another SharedMemory stands for. Throws SystemError.
  SharedMemory(Descriptor descriptor, std::size_t size);
  SharedMemory(SharedMemory&&) = delete;
  ~SharedMemory();

  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_.get(); }  // Close-on-exec.

 private:
  Descriptor descriptor_;
  std::size_t size_;
  std::byte* data_;
};

// Of what a handle is one.
inline constexpr std::string_view kQueueKind = "queue";
inline constexpr std::string_view kJoinableKind = "joinable-queue";
inline constexpr std::string_view kSimpleKind = "simple-queue";

// Throws SystemError.
Handle make_handle(std::string_view kind, const SharedMemory& memory);

// The descriptor that this program has inherited, close-on-exec from now on. Throws
// InvalidArgument, with nothing taken, when the token is of another kind or says something that is
// not so.
Descriptor take_handle(std::string_view kind, const std::string& token, std::size_t size);

}  // namespace psq::detail
