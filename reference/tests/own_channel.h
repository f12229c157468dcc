// A channel with memory of its own.

#ifndef PSQ_TESTS_OWN_CHANNEL_H_
#define PSQ_TESTS_OWN_CHANNEL_H_

#include "src/channel.h"
#include "src/shared_memory.h"

namespace psq::test {

class OwnChannel : private detail::SharedMemory, public detail::Channel {
 public:
  explicit OwnChannel(std::size_t capacity)
      : SharedMemory(size_of(capacity)), Channel(SharedMemory::data(), Begin::kNew, capacity) {}
};

}  // namespace psq::test

#endif  // PSQ_TESTS_OWN_CHANNEL_H_
