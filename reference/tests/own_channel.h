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

 private:
  detail::SharedMemory memory_;
  detail::Channel& channel_;
};

}  // namespace psq::test

#endif  // PSQ_TESTS_OWN_CHANNEL_H_
