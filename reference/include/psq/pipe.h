// pipe<T>(): two connections that are each other's other end.
//
// Processes: both ends are inherited by fork; close the one that a process does not use, or nobody
// sees the end of the stream. They are not inherited by programs that are executed. Threads: may be
// called by any thread. Each end owns one descriptor; there are no names.
//
// Clauses: pipe.create.one-way, pipe.create.duplex, pipe.attributes,
// pipe.recv.end-of-stream-last-copy.

#pragma once

#include "psq/connection.h"

namespace psq {

// Asks for a pipe that goes one way only.
struct OneWay {};
inline constexpr OneWay one_way{};

namespace detail {

// Two descriptors that are not inherited by exec: a pair of sockets, or {receiver, sender} of a
// pipe. Throws SystemError.
std::pair<int, int> make_ends(bool duplex);

}  // namespace detail

// Two ends that both send and receive. Throws SystemError when there are no descriptors left.
template <typename T>
[[nodiscard]] std::pair<Connection<T>, Connection<T>> pipe() {
  const auto [left, right] = detail::make_ends(true);
  return {Connection<T>(left, {.is_socket = true}), Connection<T>(right, {.is_socket = true})};
}

// {receiver, sender}. Throws SystemError when there are no descriptors left.
template <typename T>
[[nodiscard]] std::pair<Connection<T>, Connection<T>> pipe(OneWay) {
  const auto [receiver, sender] = detail::make_ends(false);
  return {Connection<T>(receiver, {.writable = false}), Connection<T>(sender, {.readable = false})};
}

}  // namespace psq
