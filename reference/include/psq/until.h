// Loops over what arrives.
//
//   for (Job& job : psq::until(jobs, last)) handle(job);      // until an item that equals `last`
//   for (Job& job : psq::until_closed(jobs)) handle(job);     // until there can be no more
//
// The source is a queue, with get, or a connection, with recv. Processes and threads: as the
// source's; a loop is one thread's, and several may run over the same source at the same time.
// Lifetime: the source has to outlive the loop. Each item is taken only when the loop comes to it:
// a loop that is left early has taken what it has seen and nothing more. What get or recv throws
// leaves the loop, except for what ends it; the loop can not be continued then, a new one can
// begin.
//
// Clauses: queue.get.exactly-once, queue.get.no-end-of-stream (a queue has no end by itself: hence
// the sentinel, one for each consumer), queue.close.waiting-get,
// pipe.recv.pending-then-end-of-stream.

#pragma once

#include <iterator>
#include <optional>

#include "psq/error.h"

namespace psq {
namespace detail {

template <typename Source>
auto next_item(Source& source) {
  if constexpr (requires { source.recv(); }) {
    return std::make_optional(source.recv());
  } else {
    return std::make_optional(source.get());
  }
}

// A single-pass range of what `next` returns, until that is nothing.
template <typename Next>
struct Items {
  explicit Items(Next function) : next(std::move(function)) {}

  struct Iterator {
    using value_type = typename std::invoke_result_t<Next>::value_type;
    using difference_type = std::ptrdiff_t;

    value_type& operator*() const noexcept { return *items->item; }
    Iterator& operator++() {
      items->item = items->next();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const noexcept { return !items->item; }

    Items* items;
  };

  // Takes the first item.
  [[nodiscard]] Iterator begin() { return ++Iterator{this}; }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

  Next next;
  std::invoke_result_t<Next> item;
};

}  // namespace detail

// The items before the first one that equals `sentinel`, which is taken, too.
template <typename Source, typename Sentinel>
[[nodiscard]] auto until(Source& source, Sentinel sentinel) {
  return detail::Items([&source, sentinel = std::move(sentinel)] {
    auto item = detail::next_item(source);
    if (*item == sentinel) item.reset();
    return item;
  });
}

// The items of a queue until it is closed in this process, by whichever thread; or of a connection
// until the other end is, everywhere.
template <typename Source>
[[nodiscard]] auto until_closed(Source& source) {
  return detail::Items([&source]() -> decltype(detail::next_item(source)) {
    try {
      return detail::next_item(source);
    } catch (const Closed&) {
      return {};
    } catch (const EndOfStream&) {
      return {};
    }
  });
}

}  // namespace psq
