#include "src/queue_memory.h"

#include <new>
#include <type_traits>

#include "psq/error.h"
#include "psq/queue.h"

namespace psq::detail {
namespace {

std::string_view kind(bool counts_tasks) { return counts_tasks ? kJoinableKind : kQueueKind; }

}  // namespace

QueueMemory::QueueMemory(bool counts_tasks, std::uint64_t bound, std::uint32_t unfinished)
    : counts_tasks_(counts_tasks),
      memory_(size()),
      shared_(new (memory_.data()) Shared),
      channel_(memory_.data() + sizeof(Shared), Channel::Begin::kNew) {
  static_assert(std::is_trivially_destructible_v<Shared>, "nobody destroys it");
  shared_->bound = bound > 0 ? bound : kMaxSize;
  shared_->done = 0 - std::uint64_t{unfinished};
  shared_->zero_at = shared_->seen_done = shared_->done.load();
}

QueueMemory::QueueMemory(bool counts_tasks, const std::string& token)
    : counts_tasks_(counts_tasks),
      memory_(take_handle(kind(counts_tasks), token, size()), size()),
      shared_(reinterpret_cast<Shared*>(memory_.data())),
      channel_(memory_.data() + sizeof(Shared), Channel::Begin::kAsItIs) {}

Handle QueueMemory::handle() const { return make_handle(kind(counts_tasks_), memory_); }

void QueueMemory::take_back(Accounts::Id id) noexcept {
  accounts().give_back(id);
  items_taken_back();
}

void QueueMemory::collect_from_the_dead() noexcept {
  if constexpr (kFaults)
    if (fault_is(Fault::kDeadSlotsStay)) return;
  try {
    if (accounts().collect_from_the_dead(channel_) > 0) items_taken_back();
  } catch (const SystemError&) {
    // A lock that cannot be taken is for those who need it to complain of.
  }
}

void QueueMemory::items_taken_back() noexcept {
  slot_freed();
  // Below zero when somebody has called task_done for an item that nobody could have obtained.
  std::uint64_t done = shared_->done.load();
  for (;;) {
    const auto left =
        static_cast<std::int32_t>(accounts().items() - static_cast<std::uint32_t>(done));
    if (left > 0) return;
    if (left == 0 ||
        shared_->done.compare_exchange_weak(done, done + static_cast<std::uint64_t>(left)))
      return shared_->no_tasks.notify_all();
  }
}

}  // namespace psq::detail
