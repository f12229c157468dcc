#include "queue.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>

#include "../patience.h"

namespace psq::zeromq {
namespace {

using Clock = std::chrono::steady_clock;

// A consumer's mark is the least that there is: what one consumer has been sent no other obtains.
constexpr int kOfConsumer = 1;
constexpr int kNoLimit = 0;
constexpr driver::Seconds kLongestWait{std::numeric_limits<int>::max() / 1000.0};

// A timeout of the library is a whole number of milliseconds, -1 for none.
int milliseconds_until(std::optional<Clock::time_point> end) {
  if (!end) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*end - Clock::now());
  return left.count() > 0 ? static_cast<int>(left.count()) : 0;
}

std::optional<Clock::time_point> end_of(std::optional<driver::Seconds> wait) {
  if (!wait) return std::nullopt;
  return Clock::now() + std::chrono::ceil<Clock::duration>(*wait);
}

}  // namespace

Queue::~Queue() {
  for (const auto& each : all_)
    if (const auto sockets = each.lock()) close(*sockets);
  ::close(handle_.lifeline);
}

Sockets& Queue::mine() {
  thread_local std::map<std::string, std::shared_ptr<Sockets>> of_queue;
  auto& sockets = of_queue[handle_.name];
  if (!sockets) {
    sockets = Context::of_process().sockets();
    const std::lock_guard lock(mutex_);
    all_.push_back(sockets);
  }
  return *sockets;
}

void Queue::put(const std::string& bytes) {
  Sockets& sockets = mine();
  const std::lock_guard lock(sockets.busy);
  if (!sockets.push)
    sockets.push =
        Context::of_process().connected(zmq::socket_type::push, handle_.name + "-put", kNoLimit);
  for (;;) {
    try {
      sockets.push->send(zmq::buffer(bytes), zmq::send_flags::none);
      return;
    } catch (const zmq::error_t& error) {  // a handler of a signal ended the call early
      if (error.num() != EINTR) throw;
    }
  }
}

std::string Queue::get(bool block, std::optional<driver::Seconds> timeout) {
  const auto end = end_of(libraries::patience_of(block, timeout, kLongestWait));
  Sockets& sockets = mine();
  const std::lock_guard lock(sockets.busy);
  if (!sockets.pull)
    sockets.pull =
        Context::of_process().connected(zmq::socket_type::pull, handle_.name + "-get", kOfConsumer);
  zmq::message_t message;
  for (;;) {
    try {
      sockets.pull->set(zmq::sockopt::rcvtimeo, milliseconds_until(end));
      if (!sockets.pull->recv(message)) throw Empty();
      return message.to_string();
    } catch (const zmq::error_t& error) {
      if (error.num() != EINTR) throw;
    }
  }
}

}  // namespace psq::zeromq
