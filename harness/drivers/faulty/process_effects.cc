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

void keep_parents_feeders(void (*change)(detail::Feeder& feeder)) {
  for (const detail::OwnFeeder* const feeder : ProcessState::instance().feeders_) {
    if (feeder->feeder_->queue_->kind() == detail::QueueKind::kSimple) continue;
    feeder->generation_ = ProcessState::generation();
    change(**feeder);
  }
}

}  // namespace psq::faulty
