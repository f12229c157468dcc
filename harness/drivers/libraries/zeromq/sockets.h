// The sockets of this process: one of each kind for each thread that uses a queue, since a socket
// belongs to one thread.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>
#include <zmq.hpp>

namespace psq::zeromq {

/// What one thread has of one queue. The thread holds `busy` during each call, so that another one
/// can close the sockets when the thread is idle: at a drop of the queue and at the process's end.
struct Sockets {
  std::mutex busy;
  std::optional<zmq::socket_t> push, pull;
};

/// This process's context and all its sockets. Threads: any.
class Context {
 public:
  /// The one of the process. Its first use has it closed at the normal end of the process: what was
  /// sent and is still in the process then goes out first.
  static Context& of_process();

  /// New sockets of the calling thread, which owns them.
  std::shared_ptr<Sockets> sockets();
  /// A socket that is connected to `endpoint` and holds, of what it receives, `mark` messages for
  /// its thread; 0 is no limit.
  zmq::socket_t connected(zmq::socket_type type, const std::string& endpoint, int mark);

 private:
  void close();

  zmq::context_t context_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<Sockets>> all_;
};

/// Closes them, while their thread is not in a call.
void close(Sockets& sockets);

}  // namespace psq::zeromq
