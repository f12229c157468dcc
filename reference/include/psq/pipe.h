// pipe<T>(): two connections, each the other end of the other one.
//
// Processes: a child inherits both ends by fork. A process closes the end that it does not use: the
// stream ends only when no process has a copy of the other end. Executed programs do not inherit
// ends. Threads: any thread may call it. Each end owns one descriptor; nothing has a name.
//
// Clauses: pipe.create.one-way, pipe.create.duplex, pipe.attributes,
// pipe.recv.end-of-stream-last-copy.

#pragma once

#include "psq/connection.h"
#include "psq/export.h"

namespace PSQ_EXPORT psq {

// Whether each end of a pipe sends and receives, or one sends and the other receives.
enum Ways { both_ways, one_way };

namespace detail {

// A pair of sockets, or {receiver, sender} of a pipe. Executed programs do not inherit them.
PSQ_EXPORT std::pair<ConnectionBase, ConnectionBase> make_ends(Ways ways);

}  // namespace detail

// Returns two ends that both send and receive, or, with `one_way`, {receiver, sender}. Throws
// SystemError when this process has no descriptors free.
template <typename T>
[[nodiscard]] std::pair<Connection<T>, Connection<T>> pipe(Ways ways = both_ways) {
  return std::pair<Connection<T>, Connection<T>>(detail::make_ends(ways));
}

}  // namespace psq
