#include "waiting_effects.h"

#include <sys/select.h>
#include <unistd.h>

namespace psq::faulty {
namespace {

bool is_without_time(Timeout timeout) { return timeout.length() == Timeout::Duration::zero(); }

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

bool beyond_select() {
  const int descriptor = ::dup(STDIN_FILENO);
  if (descriptor >= 0) ::close(descriptor);
  return descriptor >= FD_SETSIZE;
}

}  // namespace psq::faulty
