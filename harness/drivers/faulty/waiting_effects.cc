#include "waiting_effects.h"

#include <sys/select.h>
#include <unistd.h>

namespace psq::faulty {
namespace {

constexpr std::chrono::milliseconds kShortStep{1};
// What a copy takes longer than the reference's: as of a larger item, on a slower machine.
constexpr std::chrono::milliseconds kCopy{2};
constexpr std::int64_t kPlaces = 32;

// Called by one that is counted itself.
void sleep_in_crowd(Timeout timeout) {
  if (timeout.is_forever() && shared_number() > kPlaces) hang();
}

bool is_without_time(Timeout timeout) { return timeout.length() == Timeout::Duration::zero(); }

// Attempts until one succeeds or the time is over.
template <typename Attempt>
auto until_over(Timeout timeout, const Attempt& attempt) {
  const Deadline deadline = Deadline::after(timeout);
  for (;;) {
    auto done = attempt();
    if (done || deadline.has_passed()) return done;
    std::this_thread::sleep_for(kShortStep);
  }
}

std::optional<std::string> get_counting_copy(LocalQueue& queue, Timeout timeout) {
  if (is_without_time(timeout)) return queue.get(timeout);
  return until_over(timeout, [&]() -> std::optional<std::string> {
    if (queue.empty() && !is_closed(queue)) return std::nullopt;
    const InProgress counted;
    std::this_thread::sleep_for(kCopy);
    return queue.get(no_wait);
  });
}

bool put_counting_copy(LocalQueue& queue, std::string_view item, Timeout timeout) {
  if (is_without_time(timeout)) return queue.put(item, timeout);
  return until_over(timeout, [&] {
    if (queue.full() && !is_closed(queue)) return false;
    const InProgress counted;
    std::this_thread::sleep_for(kCopy);
    return queue.put(item, no_wait);
  });
}

}  // namespace

Effect counts_gets(const Queues& which) {
  return which.get([](LocalQueue& queue, Timeout timeout) {
    if (is_without_time(timeout)) return queue.get(timeout);
    const InProgress counted;
    return queue.get(timeout);
  });
}

Effect counts_puts(const Queues& which) {
  return which.put([](LocalQueue& queue, std::string_view item, Timeout timeout) {
    if (is_without_time(timeout)) return queue.put(item, timeout);
    const InProgress counted;
    return queue.put(item, timeout);
  });
}

Effect counts_joins() {
  return joinable_queues.join([](LocalQueue& queue, Timeout timeout) {
    const InProgress counted;
    return queue.join(timeout);
  });
}

Effect gets_wait_for_calls(const Queues& which) {
  return which.get([](LocalQueue& queue, Timeout timeout) {
    if (is_without_time(timeout)) {
      wait_for_calls_in_progress();
      return queue.get(timeout);
    }
    const InProgress counted;
    return queue.get(timeout);
  });
}

Effect puts_wait_for_calls(const Queues& which) {
  return which.put([](LocalQueue& queue, std::string_view item, Timeout timeout) {
    if (is_without_time(timeout)) {
      wait_for_calls_in_progress();
      return queue.put(item, timeout);
    }
    const InProgress counted;
    return queue.put(item, timeout);
  });
}

Effect counts_copies_of_gets(const Queues& which) { return which.get(get_counting_copy); }

Effect counts_copies_of_puts(const Queues& which) { return which.put(put_counting_copy); }

Effect gets_wait_for_copies(const Queues& which) {
  return which.get([](LocalQueue& queue, Timeout timeout) {
    if (is_without_time(timeout)) wait_for_calls_in_progress();
    return get_counting_copy(queue, timeout);
  });
}

Effect puts_wait_for_copies(const Queues& which) {
  return which.put([](LocalQueue& queue, std::string_view item, Timeout timeout) {
    if (is_without_time(timeout)) wait_for_calls_in_progress();
    return put_counting_copy(queue, item, timeout);
  });
}

Effect gets_in_crowd_sleep(const Queues& which) {
  return which.get([](LocalQueue& queue, Timeout timeout) {
    const InProgress counted;
    sleep_in_crowd(timeout);
    return queue.get(timeout);
  });
}

Effect puts_in_crowd_sleep(const Queues& which) {
  return which.put([](LocalQueue& queue, std::string_view item, Timeout timeout) {
    const InProgress counted;
    sleep_in_crowd(timeout);
    return queue.put(item, timeout);
  });
}

Effect joins_in_crowd_sleep() {
  return joinable_queues.join([](LocalQueue& queue, Timeout timeout) {
    const InProgress counted;
    sleep_in_crowd(timeout);
    return queue.join(timeout);
  });
}

bool beyond_select() {
  const int descriptor = ::dup(STDIN_FILENO);
  if (descriptor >= 0) ::close(descriptor);
  return descriptor >= FD_SETSIZE;
}

}  // namespace psq::faulty
