// A channel in shared memory of its own.

#ifndef PSQ_TESTS_OWN_CHANNEL_H_
#define PSQ_TESTS_OWN_CHANNEL_H_

#include <new>

#include "src/channel.h"
#include "src/shared_memory.h"

namespace psq::test {

class OwnChannel {
 public:
  explicit OwnChannel(std::size_t capacity)
      : memory_(sizeof(detail::Channel) + capacity),
        channel_(*new (memory_.data()) detail::Channel(capacity)) {}

  detail::Channel& operator*() const noexcept { return channel_; }
  [[nodiscard]] const detail::SharedMemory& memory() const noexcept { return memory_; }

  void send(std::string_view message, detail::Producer producer = 0) const {
    channel_.send(memory_, message, producer);
  }
  [[nodiscard]] bool receive(std::string& out, detail::Deadline deadline) const {
    detail::StopHere stop;
    return channel_.receive(memory_, out, deadline, stop);
  }

 private:
  detail::SharedMemory memory_;
  detail::Channel& channel_;
};

}  // namespace psq::test

#endif  // PSQ_TESTS_OWN_CHANNEL_H_
