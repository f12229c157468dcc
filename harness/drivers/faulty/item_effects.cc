#include "item_effects.h"

#include <utility>

namespace psq::faulty {
namespace {

// What this thread has kept back: of its gets, and of its puts.
thread_local std::optional<std::string> obtained;
thread_local std::optional<std::string> unsent;

}  // namespace

Effect get_loses(const Queues& which, const std::function<bool(LocalQueue&)>& loses_this) {
  return which.get([loses_this](LocalQueue& queue, Timeout timeout) {
    auto item = queue.get(timeout);
    while (item && loses_this(queue)) item = queue.get(timeout);
    return item;
  });
}

Effect get_repeats(const Queues& which, const std::function<bool(LocalQueue&)>& repeats_this) {
  return which.get([repeats_this](LocalQueue& queue, Timeout timeout) {
    if (obtained) return std::exchange(obtained, std::nullopt);
    auto item = queue.get(timeout);
    if (item && repeats_this(queue)) obtained = item;
    return item;
  });
}

Effect get_changes(const Queues& which, const std::function<void(std::string&)>& change) {
  return which.get([change](LocalQueue& queue, Timeout timeout) {
    auto item = queue.get(timeout);
    if (item) change(*item);
    return item;
  });
}

Effect after_get(const Queues& which, const std::function<void(LocalQueue&)>& then) {
  return which.get([then](LocalQueue& queue, Timeout timeout) {
    auto item = queue.get(timeout);
    if (item) then(queue);
    return item;
  });
}

Effect get_empty_after_close(const Queues& which) {
  return which.get([](LocalQueue& queue, Timeout timeout) -> std::optional<std::string> {
    try {
      return queue.get(timeout);
    } catch (const Closed&) {
      return std::nullopt;
    }
  });
}

Effect put_keeps_back(const Queues& which, LateItem order,
                      const std::function<bool(std::string_view)>& keeps_this) {
  return which.put([=](LocalQueue& queue, std::string_view item, Timeout timeout) {
    const bool kept = keeps_this(item);
    const auto late = std::exchange(unsent, kept ? std::optional<std::string>(item) : std::nullopt);
    if (late && order == LateItem::kComesFirst) (void)queue.put(*late, timeout);
    if (!kept) (void)queue.put(item, timeout);
    if (late && order == LateItem::kComesLast) (void)queue.put(*late, timeout);
    return true;
  });
}

void garble(std::string& item) { item.back() ^= 1; }

}  // namespace psq::faulty
