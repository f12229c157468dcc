#include "process_effects.h"

#include <mutex>
#include <utility>

#include "src/process_state.h"

namespace psq::faulty {

using detail::ProcessState;

Effect forgotten_at_end(bool (*is_forgotten)(const driver::SpawnOptions&)) {
  return [is_forgotten](Behaviour& behaviour) {
    behaviour.adapter.spawn = [is_forgotten](const driver::SpawnOptions& options,
                                             const auto& start) {
      ProcessState& state = ProcessState::instance();
      const auto children = [&] {
        const std::lock_guard lock(state.mutex_);
        return state.children_;
      }();
      auto child = start();
      const std::lock_guard lock(state.mutex_);
      if (is_forgotten(options)) state.children_ = children;
      return child;
    };
  };
}

// The library has put the parent's feeders aside, in the order in which it went through the queues.
void keep_parents_feeders(void (*change)(detail::Feeder& feeder)) {
  ProcessState& state = ProcessState::instance();
  auto parents = state.left_behind_.end() - static_cast<std::ptrdiff_t>(state.feeders_.size());
  for (std::shared_ptr<detail::Feeder>* const feeder : state.feeders_) {
    std::shared_ptr<detail::Feeder> parents_own = *parents++;
    if ((*feeder)->queue_->kind() == detail::QueueKind::kSimple) continue;
    parents_own->queue_ = (*feeder)->give_up_queue();
    *feeder = parents_own;
    change(**feeder);
  }
}

}  // namespace psq::faulty
