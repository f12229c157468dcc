#include "sockets.h"

#include <cstdlib>

namespace psq::zeromq {

Context& Context::of_process() {
  // Never destroyed, because threads use it to the end.
  static Context& context = *new Context;
  [[maybe_unused]] static const int registered = std::atexit([] { Context::of_process().close(); });
  return context;
}

std::shared_ptr<Sockets> Context::sockets() {
  auto made = std::make_shared<Sockets>();
  const std::lock_guard lock(mutex_);
  std::erase_if(all_, [](const auto& each) { return each.expired(); });
  all_.push_back(made);
  return made;
}

zmq::socket_t Context::connected(zmq::socket_type type, const std::string& endpoint, int mark) {
  zmq::socket_t made(context_, type);
  made.set(zmq::sockopt::sndhwm, mark);
  made.set(zmq::sockopt::rcvhwm, mark);
  made.connect(endpoint);
  return made;
}

// Calls that wait end with ETERM. A closed socket lingers until its messages have left.
void Context::close() {
  context_.shutdown();
  const std::lock_guard lock(mutex_);
  for (const auto& each : all_)
    if (const auto sockets = each.lock()) zeromq::close(*sockets);
  context_.close();
}

void close(Sockets& sockets) {
  const std::lock_guard lock(sockets.busy);
  sockets.push.reset();
  sockets.pull.reset();
}

}  // namespace psq::zeromq
