#include "src/queue_memory.h"

#include <new>
#include <type_traits>

#include "psq/error.h"
#include "src/token.h"

namespace psq::detail {

static_assert(std::is_trivially_destructible_v<QueueMemory::Shared>, "nobody destroys it");
static_assert(sizeof(QueueMemory::Shared) % kCacheLine == 0, "the channel is behind it");

std::size_t QueueMemory::size() {
  return sizeof(Shared) + Channel::size_of();
}

QueueMemory::QueueMemory()
    : memory_(size()),
      shared_(new (memory_.data()) Shared),
      channel_(memory_.data() + sizeof(Shared), Channel::Begin::kNew) {}

QueueMemory::QueueMemory(std::string_view kind, const std::string& token)
    : memory_(take_handle(kind, token, size()), size()),
      shared_(reinterpret_cast<Shared*>(memory_.data())),
      channel_(memory_.data() + sizeof(Shared), Channel::Begin::kAsItIs) {}

void QueueMemory::take_back(Accounts::Id id) noexcept {
  accounts().give_back(id);
  slots().freed();
  tasks().items_given_back(accounts());
}

void QueueMemory::collect_from_the_dead() noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kDeadSlotsStay)) return;
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
