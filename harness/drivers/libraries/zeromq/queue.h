// A queue of PUSH and PULL sockets around a streamer, which has all items that no consumer has.
#pragma once

#include <psq/driver/operation.h>

#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "sockets.h"

namespace psq::zeromq {

struct Empty : std::runtime_error {
  Empty() : std::runtime_error("no item within the timeout") {}
};

/// What a process needs to use a queue: the prefix of the streamer's two endpoints, and an end of a
/// pipe, which tells the streamer that the queue is still used.
struct Handle {
  std::string name;
  int lifeline = -1;
};

/// Starts the streamer of a new queue, a process of its own, and waits until it serves. The
/// streamer ends when the last copy of the lifeline is closed.
Handle start_streamer();

/// What the streamer's process does; never returns. Its lifeline is descriptor 3, and it closes
/// descriptor 4 when it serves.
[[noreturn]] void stream(const std::string& name);

/// A process's use of a queue. Threads: any; each has sockets of its own, from its first call on.
class Queue {
 public:
  /// Takes over the lifeline.
  explicit Queue(Handle handle) : handle_(std::move(handle)) {}
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;
  ~Queue();

  [[nodiscard]] const Handle& handle() const { return handle_; }

  /// Never waits: what has not left this process is kept in its memory.
  void put(const std::string& bytes);
  /// Throws Empty.
  std::string get(bool block, std::optional<driver::Seconds> timeout);

 private:
  Sockets& mine();

  const Handle handle_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<Sockets>> all_;
};

}  // namespace psq::zeromq
