// All that the processes of a queue share.

#ifndef PSQ_SRC_QUEUE_MEMORY_H_
#define PSQ_SRC_QUEUE_MEMORY_H_

#include "src/accounts.h"
#include "src/channel.h"
#include "src/shared_memory.h"
#include "src/slots.h"
#include "src/task_count.h"

namespace psq::detail {

// Any thread of any process that inherited it may use it.
class QueueMemory {
 public:
  struct Shared {
    Accounts accounts;
    Slots slots;
    TaskCount tasks;
  };

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
  Channel channel_;
  SharedObject<Shared> shared_;
};

}  // namespace psq::detail

#endif  // PSQ_SRC_QUEUE_MEMORY_H_
