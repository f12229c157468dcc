// Faults of the waiting of queues, against spec/queue.md: clocks that start again, calls that wait
// although they shall not, calls without time that do not look.
#include <chrono>
#include <limits>
#include <thread>

#include "effects.h"
#include "faults/tables.h"
#include "item_effects.h"
#include "psq/error.h"
#include "queue_effects.h"
#include "state.h"
#include "timeout_effects.h"
#include "waiting_effects.h"

namespace psq::faulty {
namespace {

using namespace std::chrono_literals;

bool is_timed(Timeout timeout) { return !timeout.is_forever() && timeout.length() > 0ns; }

// One call of all processes at a time; the time in line counts, but only as long as it lasts.
template <typename Call>
bool in_line_for(Timeout timeout, const Call& call) {
  const Deadline deadline = Deadline::after(timeout);
  for (std::int64_t free = 0; !shared_number().compare_exchange_strong(free, 1); free = 0) {
    if (deadline.has_passed()) return false;
    std::this_thread::sleep_for(kStep);
  }
  const std::shared_ptr<void> leave(nullptr, [](void*) { shared_number() = 0; });
  call();
  return true;
}

std::optional<std::string> get_in_line(LocalQueue& queue, Timeout timeout) {
  std::optional<std::string> item;
  (void)in_line_for(timeout, [&] { item = queue.get(timeout); });
  return item;
}

bool put_in_line(LocalQueue& queue, std::string_view item, Timeout timeout) {
  bool is_put = false;
  (void)in_line_for(timeout, [&] { is_put = queue.put(item, timeout); });
  return is_put;
}

// Attempts until the time is over, which begins anew whenever `others` has changed.
template <typename Attempt, typename Others>
void anew_when_overtaken(Timeout timeout, const Attempt& attempt, const Others& others) {
  auto seen = others();
  Deadline deadline = Deadline::after(timeout);
  while (!attempt() && !deadline.has_passed()) {
    std::this_thread::sleep_for(kStep);
    if (const auto now = others(); std::exchange(seen, now) != now)
      deadline = Deadline::after(timeout);
  }
}

std::optional<std::string> get_anew(LocalQueue& queue, Timeout timeout) {
  if (!is_timed(timeout)) return queue.get(timeout);
  std::optional<std::string> item;
  anew_when_overtaken(
      timeout, [&] { return (item = queue.get(no_wait)).has_value(); },
      [&] { return queue.queue_->channel().messages_read(); });
  return item;
}

bool put_anew(LocalQueue& queue, std::string_view item, Timeout timeout) {
  if (!is_timed(timeout)) return queue.put(item, timeout);
  bool is_put = false;
  anew_when_overtaken(
      timeout, [&] { return is_put = queue.put(item, no_wait); },
      [&] { return queue.queue_->records().put(); });
  return is_put;
}

std::optional<std::string> get_for_10s(LocalQueue& queue, Timeout timeout) {
  if (timeout.is_forever()) return queue.get(timeout);
  return queue.get(std::min(timeout.length(), Timeout::Duration(10s)));
}

Timeout low_bits(Timeout timeout) {
  if (timeout.is_forever()) return timeout;
  const auto whole = std::chrono::ceil<std::chrono::milliseconds>(timeout.length());
  return std::chrono::milliseconds(static_cast<std::uint32_t>(whole.count()));
}

// Does something else in place of a put or get that `is_picked` picks, within its call.
template <typename Instead>
Effect instead_of(driver::Verb verb, bool (*is_picked)(const driver::Operation&), Instead instead) {
  return perform(
      [=](driver::Object& object, const driver::Operation& operation, driver::Call& call) {
        if (operation.verb != verb || !is_picked(operation)) return object.perform(operation, call);
        call(instead);
        return driver::Result::ok();
      });
}

bool has_no_time(const driver::Operation& operation) {
  return operation.block && operation.timeout && operation.timeout->count() <= 0;
}

bool is_negative(const driver::Operation& operation) {
  return operation.block && operation.timeout && operation.timeout->count() < 0;
}

void find_nothing() { throw Empty(); }
void find_no_slot() { throw Full(); }
void refuse() { throw InvalidArgument("a negative timeout"); }

// So short that it is over before the call looks.
bool is_used_up(Timeout timeout) { return is_timed(timeout) && timeout.length() < 100us; }

std::optional<std::string> get_too_late(LocalQueue& queue, Timeout timeout) {
  if (!is_used_up(timeout)) return queue.get(timeout);
  std::this_thread::sleep_for(timeout.length());
  return std::nullopt;
}

bool put_too_late(LocalQueue& queue, std::string_view item, Timeout timeout) {
  if (!is_used_up(timeout)) return queue.put(item, timeout);
  std::this_thread::sleep_for(timeout.length());
  return false;
}

void cut_to_31_bits(std::string& item) {
  constexpr std::size_t kMost = std::numeric_limits<std::int32_t>::max();
  if (item.size() > kMost) item.resize(kMost);
}

template <typename Count>
bool put_counting_in(LocalQueue& queue, std::string_view item, Timeout timeout) {
  constexpr std::size_t kMost = std::numeric_limits<Count>::max();
  const QueueMemory& memory = *queue.queue_;
  const Deadline deadline = Deadline::after(timeout);
  while (memory.slots_in_use() >= kMost) {
    if (deadline.has_passed()) return false;
    std::this_thread::sleep_for(kStep);
  }
  return queue.put(item, timeout);
}

std::optional<std::string> get_by_select(LocalQueue& queue, Timeout timeout) {
  if (is_timed(timeout) && beyond_select()) throw InvalidArgument("a descriptor is too large");
  return queue.get(timeout);
}

std::optional<std::string> get_when_alone(LocalQueue& queue, Timeout timeout) {
  if (timeout.length() == 0ns) wait_for_calls_in_progress();
  return queue.get(timeout);
}

bool put_when_alone(LocalQueue& queue, std::string_view item, Timeout timeout) {
  if (timeout.length() == 0ns) wait_for_calls_in_progress();
  return queue.put(item, timeout);
}

// Before a question about the state of a queue.
template <typename Ask>
auto when_alone(Ask ask) {
  return [ask](LocalQueue& queue) {
    wait_for_calls_in_progress();
    return (queue.*ask)();
  };
}

std::vector<Fault> clock_faults() {
  return {
      fault("get-clock-restarts", "queue.get.clock-starts-once",
            "a get waits for the gets before it, and then for an item as long again",
            {queues.get(get_in_line)}, {.also = {"queue.get.timeouts-each-own"}}),
      fault("get-clock-restarts-when-overtaken", "queue.get.clock-starts-once",
            "a get that another one overtakes begins anew", {queues.get(get_anew)},
            {.also = {"queue.get.timeouts-each-own"}}),
      fault("put-clock-restarts", "queue.put.clock-starts-once",
            "a put waits for the puts before it, and then for a slot as long again",
            {queues.put(put_in_line)}, {.also = {"queue.put.timeouts-each-own"}}),
      fault("put-clock-restarts-when-overtaken", "queue.put.clock-starts-once",
            "a put that another one overtakes begins anew", {queues.put(put_anew)},
            {.also = {"queue.put.timeouts-each-own"}}),
      fault("get-timeout-32-bits", "queue.get.timeout-beyond-32-bits",
            "a get counts its timeout in milliseconds of 32 bits", {get_within(queues, low_bits)}),
      fault("put-timeout-32-bits", "queue.put.timeout-beyond-32-bits",
            "a put counts its timeout in milliseconds of 32 bits", {put_within(queues, low_bits)}),
      fault("put-gives-up-after-10s", "queue.put.blocks-when-full",
            "put without a timeout gives up after 10 s", {put_within(queues, forever_is(10s))},
            {.thorough = true}),
      fault("timed-get-gives-up-after-10s", "queue.get.item-within-timeout",
            "get with a timeout gives up after 10 s at the latest", {queues.get(get_for_10s)},
            {.thorough = true}),
      fault("get-select", "queue.get.item-within-timeout",
            "a timed get cannot wait on a descriptor above 1023", {queues.get(get_by_select)}),
  };
}

std::vector<Fault> no_wait_faults() {
  return {
      fault("get-nowait-waits-for-get", "queue.get.never-waits",
            "a get that shall not wait waits while another get does",
            {gets_wait_for_calls(queues)}),
      fault("get-nowait-waits-for-join", "queue.get.never-waits",
            "a get that shall not wait waits while a join does",
            {counts_joins(), queues.get(get_when_alone)}),
      fault("get-nowait-waits-for-copy", "queue.get.never-waits",
            "a get that shall not wait waits while another get copies an item",
            {gets_wait_for_copies(queues)}),
      fault("put-nowait-waits-for-put", "queue.put.never-waits",
            "a put that shall not wait waits while another put does",
            {puts_wait_for_calls(queues)}),
      fault("put-nowait-waits-for-get", "queue.put.never-waits",
            "a put that shall not wait waits while a get does",
            {counts_gets(queues), queues.put(put_when_alone)}, {.also = {"queue.put.*"}}),
      fault("put-nowait-waits-for-join", "queue.put.never-waits",
            "a put that shall not wait waits while a join does",
            {counts_joins(), queues.put(put_when_alone)}),
      fault("put-nowait-waits-for-copy", "queue.put.never-waits",
            "a put that shall not wait waits while another put copies an item",
            {puts_wait_for_copies(queues)}),
      fault("qsize-waits-for-copy", "queue.qsize.never-waits",
            "qsize waits while a put copies an item",
            {counts_copies_of_puts(queues), queues.qsize(when_alone(&LocalQueue::qsize))}),
      fault("qsize-waits-for-get", "queue.qsize.never-waits", "qsize waits while a get does",
            {counts_gets(queues), queues.qsize(when_alone(&LocalQueue::qsize))}),
      fault("empty-waits-for-put", "queue.qsize.never-waits", "empty waits while a put does",
            {counts_puts(queues), queues.empty(when_alone(&LocalQueue::empty))}),
      fault("full-waits-for-join", "queue.qsize.never-waits", "full waits while a join does",
            {counts_joins(), queues.full(when_alone(&LocalQueue::full))}),
  };
}

std::vector<Fault> rest_faults() {
  using driver::Verb;
  return {
      fault("get-zero-is-empty", "queue.get.item-at-rest",
            "a get with timeout zero ends as empty and does not look",
            {instead_of(Verb::kGet, has_no_time, find_nothing)}),
      fault("get-negative-refused", "queue.get.item-at-rest",
            "a get with a negative timeout is refused",
            {instead_of(Verb::kGet, is_negative, refuse)},
            {.also = {"queue.get.empty-at-once", "queue.get.never-waits"}}),
      fault("get-used-up-is-empty", "queue.get.item-at-rest",
            "a get whose timeout is over at once does not look", {queues.get(get_too_late)}),
      fault("put-zero-is-full", "queue.put.slot-at-rest",
            "a put with timeout zero ends as full and does not look",
            {instead_of(Verb::kPut, has_no_time, find_no_slot)},
            {.also = {"queue.put.never-waits"}}),
      fault("put-negative-refused", "queue.put.slot-at-rest",
            "a put with a negative timeout is refused",
            {instead_of(Verb::kPut, is_negative, refuse)},
            {.also = {"queue.put.full-at-once", "queue.put.never-waits"}}),
      fault("put-used-up-is-full", "queue.put.slot-at-rest",
            "a put whose timeout is over at once does not look", {queues.put(put_too_late)}),
      fault("put-counts-15-bits", "queue.create.unbounded", "a queue holds 32767 items at most",
            {queues.put(put_counting_in<std::int16_t>)}),
      fault("put-counts-16-bits", "queue.create.unbounded", "a queue holds 65535 items at most",
            {queues.put(put_counting_in<std::uint16_t>)},
            {.also = {"queue.create.bound"}, .thorough = true}),
      fault("items-above-2-gib-cut", "queue.item.sizes-intact", "the length of an item has 31 bits",
            {get_changes(queues, cut_to_31_bits)}, {.thorough = true}),
  };
}

}  // namespace

std::vector<Fault> queue_wait_faults() {
  std::vector<Fault> all = clock_faults();
  for (auto* const table : {no_wait_faults, rest_faults})
    for (Fault& each : table()) all.push_back(std::move(each));
  return all;
}

}  // namespace psq::faulty
