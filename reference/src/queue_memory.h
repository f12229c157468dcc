// All that the processes of a queue share.

#ifndef PSQ_SRC_QUEUE_MEMORY_H_
#define PSQ_SRC_QUEUE_MEMORY_H_

#include <string>
#include <string_view>

#include "src/accounts.h"
#include "src/channel.h"
#include "src/shared_memory.h"
#include "src/slots.h"
#include "src/task_count.h"

namespace psq::detail {

// Any thread of any process that has it may use it. One mapping: a channel and its counters stay at
// the same distance from each other wherever it is.
class QueueMemory {
 public:
  QueueMemory();  // New. Throws SystemError.
  // The one that a handle stands for. Throws InvalidArgument, SystemError.
  QueueMemory(std::string_view kind, const std::string& token);

  struct Shared {
    Accounts accounts;
    Slots slots;
    TaskCount tasks;
  };

  [[nodiscard]] const SharedMemory& memory() const noexcept { return memory_; }
  Channel& channel() noexcept { return channel_; }
  Accounts& accounts() noexcept { return shared_->accounts; }
  Slots& slots() noexcept { return shared_->slots; }
  TaskCount& tasks() noexcept { return shared_->tasks; }

  // Takes back the slot and the task of an item that will not be put after all.
  void take_back(Accounts::Id id) noexcept;
  // Takes back the slots and tasks of items that died with their process before they were visible,
  // and tells those who wait for them. Never waits.
  void collect_from_the_dead() noexcept;

 private:
  static std::size_t size();

  SharedMemory memory_;
  Shared* shared_;
  Channel channel_;
};

}  // namespace psq::detail

#endif  // PSQ_SRC_QUEUE_MEMORY_H_
