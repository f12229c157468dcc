// Ranges over the items of a queue or the messages of a connection.
//
//   for (Job& job : psq::until(jobs, last)) handle(job);      // until an item that equals `last`
//   for (Job& job : psq::until_closed(jobs)) handle(job);     // until no item can follow
//   for (Job& job : psq::until(jobs, last) | std::views::take(3)) handle(job);  // three at most
//
// The source is a queue, read by get, or a connection, read by recv. Views need clang 16 or g++.
//
// Processes and threads: as for the source. One thread uses a range; several ranges may read the
// same source at the same time.
//
// Lifetime: the source must outlive the range. The loop takes each item only when it reaches it, so
// a loop that breaks early takes no further item.
//
// Errors: an error of get or recv leaves the loop, unless it is the one that ends the range. The
// range cannot be used after that; a new one can.
//
// Clauses: queue.get.exactly-once, queue.get.no-end-of-stream (a queue has no end by itself: hence
// the sentinel, one for each consumer), queue.close.waiting-get,
// pipe.recv.pending-then-end-of-stream.

#pragma once

#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

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

// A single-pass range of the values that `next` returns, until it returns nullopt. Movable, so that
// a view can own it.
template <typename Next>
class Items {
 public:
  explicit Items(Next function) : next_(std::move(function)) {}

  struct End {};
  struct Iterator {
    using value_type = typename std::invoke_result_t<Next>::value_type;
    using difference_type = std::ptrdiff_t;

    value_type& operator*() const { return *items->reached(); }
    // Takes nothing yet: a view that has enough goes on and does not look again.
    Iterator& operator++() noexcept {
      items->is_due_ = true;
      return *this;
    }
    void operator++(int) noexcept { ++*this; }
    bool operator==(End) const { return !items->reached(); }

    Items* items;
  };

  [[nodiscard]] Iterator begin() noexcept { return Iterator{this}; }
  [[nodiscard]] End end() const noexcept { return {}; }

 private:
  auto& reached() {
    if (std::exchange(is_due_, false)) item_ = next_();
    return item_;
  }

  Next next_;
  std::invoke_result_t<Next> item_{};
  bool is_due_ = true;
};

template <typename Source, typename Sentinel>
struct NextUntil {
  auto operator()() const {
    auto item = next_item(*source);
    if (*item == sentinel) item.reset();
    return item;
  }

  Source* source;
  Sentinel sentinel;
};

template <typename Source>
struct NextUntilClosed {
  auto operator()() const -> decltype(next_item(std::declval<Source&>())) {
    try {
      return next_item(*source);
    } catch (const Closed&) {
      return {};
    } catch (const EndOfStream&) {
      return {};
    }
  }

  Source* source;
};

}  // namespace detail

// The items before the first one that equals `sentinel`. The loop takes the sentinel too.
template <typename Source, typename Sentinel>
[[nodiscard]] auto until(Source& source, Sentinel sentinel) {
  return detail::Items(detail::NextUntil<Source, Sentinel>{&source, std::move(sentinel)});
}

// The items of a queue until a thread of this process closes it, or the messages of a connection
// until every copy of the other end is closed.
template <typename Source>
[[nodiscard]] auto until_closed(Source& source) {
  return detail::Items(detail::NextUntilClosed<Source>{&source});
}

}  // namespace psq
