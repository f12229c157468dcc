// pipe<T>(): two connections that are each other's other end.
//
// Processes: both ends are inherited by fork; close the one that a process does not use, or nobody
// sees the end of the stream. They are not inherited by programs that are executed. Threads: may be
// called by any thread. Each end owns one descriptor; there are no names.
//
// Clauses: pipe.create.one-way, pipe.create.duplex, pipe.attributes,
// pipe.recv.end-of-stream-last-copy.

#ifndef PSQ_PIPE_H_
#define PSQ_PIPE_H_

#include <utility>

#include "psq/connection.h"

namespace psq {

// Asks for a pipe that goes one way only.
struct OneWay {};
inline constexpr OneWay one_way{};

namespace detail {

// Two descriptors that are not inherited by exec. Throw SystemError.
std::pair<int, int> make_socket_pair();
std::pair<int, int> make_pipe();  // {receiver, sender}

}  // namespace detail

// Two ends that both send and receive. Throws SystemError when there are no descriptors left.
template <typename T>
[[nodiscard]] std::pair<Connection<T>, Connection<T>> pipe() {
  const auto [left, right] = detail::make_socket_pair();
  constexpr ConnectionBase::Access kBoth{.readable = true, .writable = true, .is_socket = true};
  return {Connection<T>(left, kBoth), Connection<T>(right, kBoth)};
}

// {receiver, sender}. Throws SystemError when there are no descriptors left.
template <typename T>
[[nodiscard]] std::pair<Connection<T>, Connection<T>> pipe(OneWay) {
  const auto [receiver, sender] = detail::make_pipe();
  return {Connection<T>(receiver, {.readable = true, .writable = false, .is_socket = false}),
          Connection<T>(sender, {.readable = false, .writable = true, .is_socket = false})};
}

}  // namespace psq

#endif  // PSQ_PIPE_H_
