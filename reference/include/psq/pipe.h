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

enum Ways { both_ways, one_way };

namespace detail {

// Not inherited by exec: a pair of sockets, or {receiver, sender} of a pipe.
std::pair<ConnectionBase, ConnectionBase> make_ends(Ways ways);

}  // namespace detail

// Two ends that both send and receive; with `one_way` {receiver, sender}. Throws SystemError when
// there are no descriptors left.
template <typename T>
[[nodiscard]] std::pair<Connection<T>, Connection<T>> pipe(Ways ways = both_ways) {
  return std::pair<Connection<T>, Connection<T>>(detail::make_ends(ways));
}

}  // namespace psq
