#include "src/accounts.h"

#include <cerrno>
#include <new>

#include "psq/error.h"

namespace psq::detail {

Writer Accounts::enter(const Channel& channel) {
  const Writer used = used_.load();
  for (Writer id = 0; id < used; ++id) {
    if (at(id).life.try_lock() == RobustLock::Taken::kNo) continue;
    if constexpr (kFaults) fault_point("account-taken");
    settle(id, channel);
    return id;
  }
  const RobustGuard guard(opening_, Deadline::never());
  const Writer id = used_.load();
  if (id == kWriters) throw SystemError("too many processes put into one queue", EAGAIN);
  new (&at(id)) Account;
  (void)at(id).life.try_lock();  // Nobody else knows of it yet.
  if constexpr (kFaults) fault_point("account-opened");
  used_.store(id + 1);
  return id;
}

void Accounts::lose(Writer id) noexcept {
  at(id).lost.fetch_add(1);
  (void)add_up_lost();
}

bool Accounts::lose_of_the_dead(const Channel& channel) {
  const Writer used = used_.load();
  for (Writer id = 0; id < used; ++id) {
    // Nobody has it: nobody alive. Whoever looks closer keeps others from doing the same.
    const RobustGuard guard(at(id).life, RobustGuard::Try{});
    if (guard.owns()) settle(id, channel);
  }
  return add_up_lost();
}

// Closes the account of a process that is dead, or has left. By the holder of its lock: whoever
// does it again comes to the same.
void Accounts::settle(Writer id, const Channel& channel) noexcept {
  while (!write_down(last_.load())) {
  }
  at(id).lost = static_cast<std::uint32_t>(at(id).put - channel.committed(id));
  if constexpr (kFaults) fault_point("account-settled");
}

// False: there are no more than before.
bool Accounts::add_up_lost() noexcept {
  std::uint32_t sum = 0;
  for (Writer id = 0; id < used_.load(); ++id) sum += at(id).lost.load();
  std::uint32_t before = lost_.load();
  while (static_cast<std::int32_t>(sum - before) > 0) {
    if (lost_.compare_exchange_weak(before, sum)) return true;
  }
  return false;
}

}  // namespace psq::detail
