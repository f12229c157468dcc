#include "src/queue_memory.h"

#include "psq/error.h"

namespace psq::detail {

void QueueMemory::take_back(Accounts::Id id) noexcept {
  accounts().give_back(id);
  slots().freed();
  tasks().items_given_back(accounts());
}

void QueueMemory::collect_from_the_dead() noexcept {
  try {
    channel_.settle_reading();
    if (accounts().collect_from_the_dead(channel_) == 0) return;
  } catch (const SystemError&) {
    // A lock that cannot be taken is for those who need it to complain of.
    return;
  }
  slots().freed();
  tasks().items_given_back(accounts());
}

}  // namespace psq::detail
