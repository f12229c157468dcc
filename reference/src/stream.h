// Bytes over the descriptor of a pipe or of a socket: all of them, through signals and short
// counts.
//
// Threads: any may call any function; two that use one descriptor at the same time mix their bytes.
// No call raises SIGPIPE.

#pragma once

#include <sys/types.h>

#include <cerrno>
#include <cstddef>
#include <span>

namespace psq::detail {

// Throws what the error of a system call that sends or receives means: BrokenPipe, ConnectionReset,
// Closed when another thread closed the descriptor during the call, SystemError otherwise.
[[noreturn]] void throw_stream_error(const char* doing, int error);

// Makes a system call that sends or receives and repeats it after each signal. Returns how many
// bytes it moved. `doing` begins the message of a SystemError: "cannot send".
template <typename Call>
std::size_t completed(const char* doing, const Call& call) {
  ssize_t result = call();
  while (result < 0 && errno == EINTR) result = call();
  if (result < 0) throw_stream_error(doing, errno);
  return static_cast<std::size_t>(result);
}

void write_fully(int descriptor, bool is_socket, std::span<const std::byte> data);

// What the end of the stream means before the first byte of the room is read.
enum class AtBegin { kEndOfStream, kCorrupted };

// Reads until `room` is full. Throws EndOfStream where a message would begin, and Corrupted where
// one is cut short.
void read_fully(int descriptor, std::span<std::byte> room, AtBegin at_begin = AtBegin::kCorrupted);

}  // namespace psq::detail
