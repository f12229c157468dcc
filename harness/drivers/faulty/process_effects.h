// Effects on children and on the end of a process.
#pragma once

#include <memory>
#include <vector>

#include "effects.h"
#include "src/feeder.h"

namespace psq::faulty {

/// Does right; an effect derives from it and replaces one function.
class RightChild : public driver::Child {
 public:
  explicit RightChild(std::unique_ptr<driver::Child> child) : child_(std::move(child)) {}

  [[nodiscard]] pid_t pid() const override { return child_->pid(); }
  bool join(std::optional<driver::Seconds> timeout) override { return child_->join(timeout); }
  std::optional<int> exit_code() override { return child_->exit_code(); }
  void terminate() override { child_->terminate(); }
  void kill() override { child_->kill(); }

 private:
  std::unique_ptr<driver::Child> child_;
};

/// Each child is a FaultyChild to its parent. It is made on the thread that starts the child.
template <typename FaultyChild>
[[nodiscard]] Effect children() {
  return [](Behaviour& behaviour) {
    behaviour.adapter.spawn = [](const driver::SpawnOptions&, const auto& start) {
      return std::make_unique<FaultyChild>(start());
    };
  };
}

/// The library forgets the children that `is_forgotten` picks: at its end their parent neither
/// terminates nor awaits them.
[[nodiscard]] Effect forgotten_at_end(bool (*is_forgotten)(const driver::SpawnOptions&));

/// In a forked child: the queues that have slots keep the feeders of the parent, with what was in
/// their buffers, in place of new ones.
void keep_parents_feeders(void (*change)(detail::Feeder& feeder));

using Feeders = std::vector<std::shared_ptr<detail::Feeder>>;

/// Before a process flushes its queues at its end: `change` takes away those that it must not
/// flush, or does something besides.
template <typename F>
[[nodiscard]] Effect flushes_at_exit(F change) {
  return alter("queues.flushed", [change](Feeders& feeders) { change(feeders); });
}

}  // namespace psq::faulty
