#include "timeout_effects.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <thread>

#include "state.h"

namespace psq::faulty {
namespace {

using namespace std::chrono_literals;
using detail::Clock;
using detail::Deadline;

constexpr auto kLate = 600ms;
constexpr auto kHuge = 24h * 20;
constexpr auto kPause = 500us;

}  // namespace

Effect put_within(const Queues& which, const ChangeTimeout& change) {
  return which.put([change](LocalQueue& queue, std::string_view item, Timeout timeout) {
    return queue.put(item, change(timeout));
  });
}

Effect get_within(const Queues& which, const ChangeTimeout& change) {
  return which.get(
      [change](LocalQueue& queue, Timeout timeout) { return queue.get(change(timeout)); });
}

Timeout halved(Timeout timeout) { return timeout.length() / 2; }

Timeout stretched(Timeout timeout) {
  if (timeout.is_forever() || timeout.length() > kHuge) return timeout;
  return timeout.length() * 3 / 2;
}

ChangeTimeout forever_is(std::chrono::milliseconds length) {
  return [length](Timeout timeout) { return timeout.is_forever() ? Timeout(length) : timeout; };
}

Timeout late_without_wait(Timeout timeout) {
  return timeout.length() == 0ns ? Timeout(kLate) : timeout;
}

Timeout huge_is_zero(Timeout timeout) {
  return !timeout.is_forever() && timeout.length() > kHuge ? no_wait : timeout;
}

Timeout tiny_is_zero(Timeout timeout) {
  if (timeout.is_forever()) return timeout;
  return std::chrono::floor<std::chrono::milliseconds>(timeout.length());
}

Timeout in_line(Timeout timeout) {
  if (timeout.is_forever() || timeout.length() == 0ns || timeout.length() > kHuge) return timeout;
  static std::mutex mutex;
  static Clock::time_point end_of_line;
  const std::lock_guard lock(mutex);
  const auto now = Clock::now();
  end_of_line = std::max(now, end_of_line) + timeout.length();
  return end_of_line - now;
}

Timeout rarely_half(Timeout timeout) {
  if (timeout.is_forever() || timeout.length() == 0ns) return timeout;
  return every_of_all(20) ? halved(timeout) : timeout;
}

Effect nan_is_zero(driver::Verb verb) {
  return perform([verb](driver::Object& object, driver::Operation operation, driver::Call& call) {
    const bool is_nan = operation.timeout && std::isnan(operation.timeout->count());
    if (operation.verb == verb && is_nan) operation.timeout = driver::Seconds{0};
    return object.perform(operation, call);
  });
}

bool starving_wait(Timeout timeout, const std::function<bool()>& overtaken,
                   const std::function<bool()>& attempt) {
  const Deadline deadline = Deadline::after(timeout);
  while (!overtaken()) {
    if (attempt()) return true;
    if (deadline.has_passed()) return false;
    std::this_thread::sleep_for(kPause);
  }
  while (!deadline.has_passed()) std::this_thread::sleep_for(detail::kLookAgain / 10);
  return false;
}

}  // namespace psq::faulty
