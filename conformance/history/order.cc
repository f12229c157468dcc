// The order in which what one process puts into a Queue is obtained.
#include "history/index.h"
#include "history/swap.h"

namespace psq::history {
namespace {

constexpr const char* kProducerOrder = "producer-order";

std::string clause(const Index& index, std::size_t object, Number a, Number b) {
  const bool one_thread =
      index.operation(index.life(a).put).thread == index.operation(index.life(b).put).thread;
  if (!one_thread) return "queue.order.threads-of-one-producer";
  return std::string{index.page(object)} + ".order.per-producer";
}

}  // namespace

Finding producer_order(const Index& index) {
  if (auto finding = undistinct(index, kProducerOrder)) return *finding;
  const auto& history = index.history();
  for (std::size_t object = 0; object < history.objects.size(); ++object) {
    if (!is_buffered(index.kind(object))) continue;  // one order for all: fifo.cc
    std::vector<std::vector<Number>> by_process(history.processes.size());
    for (const Number value : index.object(object).values) {
      by_process[index.operation(index.life(value).put).process].push_back(value);
    }
    for (const auto& values : by_process) {
      const auto swap = find_swap(index, put_order(index, values));
      if (!swap) continue;
      const auto [a, b] = *swap;
      return violated(kProducerOrder, clause(index, object, a, b),
                      index.name(a) + " was put before " + index.name(b) +
                          " by the same process, and obtained after it",
                      swap_witness(index, a, b));
    }
  }
  return {.checker = kProducerOrder};
}

Finding check_producer_order(const History& history) { return producer_order(Index{history}); }

}  // namespace psq::history
