// Queue<T>: a queue between processes, bounded if wished, whose put never waits for a consumer to
// read or for room in the channel: a thread of the putting process, the feeder, moves items from a
// buffer in that process to the channel that all share.
//
// Processes: share a queue by inheritance: create it, then fork. Nothing names it; it is gone when
// the last process that holds it is. Threads: every method may be called by any number of threads
// at the same time. Order: the items of one process are received in the order of its puts; nothing
// is promised between the items of different processes.

#ifndef PSQ_QUEUE_H_
#define PSQ_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "psq/codec.h"
#include "psq/handle.h"
#include "psq/timeout.h"

namespace psq {

// The largest bound of a queue, and the bound of one that has none configured.
inline constexpr std::int64_t kMaxSize = 2147483647;
// The largest count of unfinished tasks.
inline constexpr std::int64_t kMaxUnfinished = 2147483647;

struct QueueOptions {
  std::int64_t maxsize = 0;  // Number of items; zero or less: no configured bound.
};

namespace detail {

struct CoreOptions {
  std::int64_t maxsize = 0;
  bool counts_tasks = false;
  std::int64_t unfinished = 0;
};

// Keeps the constructor of the deriving classes apart from the public one.
struct CoreTag {};

// The queue of serialized items beneath Queue<T> and JoinableQueue<T>; src/queue.cc.
class QueueCore {
 public:
  explicit QueueCore(const CoreOptions& options);
  QueueCore(const std::string& token, bool counts_tasks);
  ~QueueCore();
  QueueCore(const QueueCore&) = delete;
  QueueCore& operator=(const QueueCore&) = delete;

  void check_open() const;
  // False: no slot within the time.
  [[nodiscard]] bool put(std::string_view item, Timeout timeout);
  // Nothing: no item within the time.
  [[nodiscard]] std::optional<std::string> get(Timeout timeout);
  std::size_t qsize() const noexcept;
  bool empty() const noexcept;
  bool full() const noexcept;
  void close() noexcept;
  void join_thread();
  void cancel_join_thread() noexcept;
  void task_done();
  [[nodiscard]] bool join(Timeout timeout);
  [[nodiscard]] Handle handle() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace detail

// Movable; a copy in another process is made by fork alone. The child's copy starts with an empty
// buffer, open, with no feeder. The destructor does what close and join_thread do (only close after
// cancel_join_thread); no thread of this process may use the queue by then.
template <typename T>
class Queue {
 public:
  // Throws InvalidArgument when maxsize is above kMaxSize.
  explicit Queue(QueueOptions options = {})
      : Queue(detail::CoreTag{}, detail::CoreOptions{.maxsize = options.maxsize}) {}

  // In an executed program: the queue that a handle stands for; see psq/handle.h. Once a handle.
  // Throws InvalidArgument, with nothing taken, when the program has not inherited such a queue.
  [[nodiscard]] static Queue from_handle(const std::string& token) {
    return Queue(detail::CoreTag{}, token, false);
  }
  // For a program to be executed. Throws SystemError when there are no descriptors left.
  [[nodiscard]] Handle handle() const { return core_->handle(); }

  // Serializes the item, takes a slot, waiting for one as long as `timeout` says, and leaves the
  // item to the feeder. The slot is free again when a get has read the item.
  // Throws Closed, NotSerializable, Full; the item is not put then.
  void put(const T& item, Timeout timeout = forever) {
    if (!try_put(item, timeout)) throw Full();
  }

  // The same, but false instead of Full: the item is not put then.
  [[nodiscard]] bool try_put(const T& item, Timeout timeout = no_wait) {
    core_->check_open();
    return detail::with_bytes(item,
                              [&](std::string_view bytes) { return core_->put(bytes, timeout); });
  }

  // Takes the oldest item in the channel, waiting for one as long as `timeout` says. The timeout is
  // for the wait: reading an item that is longer than the channel is not cut short.
  // Throws Closed (also when another thread of this process closes the queue meanwhile), Empty,
  // NotDeserializable (the item is consumed, its slot free).
  [[nodiscard]] T get(Timeout timeout = forever) {
    auto bytes = core_->get(timeout);
    if (!bytes) throw Empty();
    return detail::deserialize<std::remove_cv_t<T>>(std::move(*bytes));
  }

  // The same, but nothing instead of Empty.
  [[nodiscard]] std::optional<T> try_get(Timeout timeout = no_wait) {
    auto bytes = core_->get(timeout);
    if (!bytes) return std::nullopt;
    return detail::deserialize<std::remove_cv_t<T>>(std::move(*bytes));
  }

  // Number of slots taken: items put and not yet read, buffered ones of all processes included.
  // Other processes may change it before the caller looks at it.
  [[nodiscard]] std::size_t qsize() const noexcept { return core_->qsize(); }

  // Whether nothing can be read from the channel at this moment. Buffered items do not count, so
  // that it may be true directly after a put.
  [[nodiscard]] bool empty() const noexcept { return core_->empty(); }

  // Whether no slot is free at this moment; it may be true while empty() is.
  [[nodiscard]] bool full() const noexcept { return core_->full(); }

  // No put and no get in this process from now on; what was put will still be moved to the channel.
  // Other processes keep a working queue, and so do children forked later. Idempotent.
  void close() noexcept { core_->close(); }

  // Waits until all that this process put is in the channel; returns at once when it put nothing or
  // after cancel_join_thread. Throws NotStarted before close.
  void join_thread() { core_->join_thread(); }

  // Neither join_thread nor the end of the process waits for the feeder from now on; items that are
  // still in the buffer when the process ends are lost.
  void cancel_join_thread() noexcept { core_->cancel_join_thread(); }

 protected:
  Queue(detail::CoreTag, const detail::CoreOptions& options)
      : core_(std::make_unique<detail::QueueCore>(options)) {}
  Queue(detail::CoreTag, const std::string& token, bool counts_tasks)
      : core_(std::make_unique<detail::QueueCore>(token, counts_tasks)) {}
  [[nodiscard]] detail::QueueCore& core() const noexcept { return *core_; }

 private:
  std::unique_ptr<detail::QueueCore> core_;
};

}  // namespace psq

#endif  // PSQ_QUEUE_H_
