#include "src/accounts.h"

#include <cerrno>

#include "psq/error.h"

namespace psq::detail {

Accounts::Id Accounts::enter(Channel& channel) {
  std::uint64_t found = 0;
  const Id used = used_.load();
  for (Id id = 0; id < used; ++id) {
    RobustLock& life = at(id).life;
    if (life.try_lock() == RobustLock::Taken::kNo) continue;
    if constexpr (kFaults) fault_point("account-taken");
    if (settle(id, channel, found)) return id;
    life.unlock();
  }
  const RobustGuard guard(opening_, Deadline::never());
  const Id id = used_.load();
  if (id == kMost) throw SystemError("too many processes put into one queue", EAGAIN);
  new (&at(id)) Account;
  (void)at(id).life.try_lock();  // Nobody else knows of it yet.
  if constexpr (kFaults) fault_point("account-opened");
  used_.store(id + 1);
  return id;
}

void Accounts::leave(Id id) noexcept { at(id).life.unlock(); }

void Accounts::give_back(Id id) noexcept {
  ever_given_back_ = true;
  for (;;) {
    Word word = word_.load();
    if (write_down(word) && step(id, word, Step::kGiveBack)) return;
  }
}

std::uint64_t Accounts::collect_from_the_dead(Channel& channel) {
  std::uint64_t found = 0;
  const Id used = used_.load();
  for (Id id = 0; id < used; ++id) {
    // Nobody has it: nobody alive. Whoever looks closer keeps others from doing the same.
    const RobustGuard guard(at(id).life, RobustGuard::Try{});
    if (guard.owns()) (void)settle(id, channel, found);
  }
  return found;
}

// Closes the account of a process that is dead, or has left. By the holder of its lock: if that
// one dies meanwhile, the next one goes on. False: not yet possible.
bool Accounts::settle(Id id, Channel& channel, std::uint64_t& found) {
  while (!write_down(word_.load())) {
  }
  const Account& account = at(id);
  if (!channel.is_settled(account.committed)) return false;
  for (std::uint64_t left = account.put - account.given_back - account.committed; left > 0;
       --left) {
    give_back(id);
    ++found;
    if constexpr (kFaults) fault_point("item-collected");
  }
  return true;
}

}  // namespace psq::detail
