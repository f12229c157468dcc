// QueueCore: the common base of the three types of queues. Its items are bytes.
//
// Processes, threads, lifetime, units and errors: as in the headers of these types, which alone use
// it.
//
// Clauses: queue.close.local, simple-queue.close.local, process.objects.every-type.

#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "psq/export.h"
#include "psq/handle.h"
#include "psq/loan.h"
#include "psq/timeout.h"

namespace PSQ_EXPORT psq {

// The largest bound of a queue, and the bound of a queue without a configured one.
inline constexpr std::int64_t kMaxSize = 2147483647;
// The largest count of unfinished tasks.
inline constexpr std::int64_t kMaxUnfinished = 2147483647;

namespace detail {

enum class QueueKind { kSimple, kPlain, kJoinable };

struct CoreOptions {
  QueueKind kind = QueueKind::kPlain;
  std::int64_t maxsize = 0;
  std::int64_t unfinished = 0;
};

// A queue of serialized items (src/queue.cc). Each method keeps the promises of the public method
// of the same name, for the kinds of queue that have one.
class QueueCore {
 public:
  static std::unique_ptr<QueueCore> create(CoreOptions options);
  static std::unique_ptr<QueueCore> create_at(const std::string& path, mode_t mode,
                                              CoreOptions options);
  static std::unique_ptr<QueueCore> open(QueueKind kind, const std::string& token);
  static std::unique_ptr<QueueCore> open_at(QueueKind kind, const std::string& path);
  static std::unique_ptr<QueueCore> receive_from(QueueKind kind, int socket);
  // Of a duplicate of another process's descriptor(), which it takes over. Throws as receive_from.
  static std::unique_ptr<QueueCore> adopt(QueueKind kind, int descriptor);
  virtual ~QueueCore() = default;

  virtual void check_open() const = 0;
  // Returns false when no slot becomes free within the timeout.
  [[nodiscard]] virtual bool put(std::string_view item, Timeout timeout) = 0;
  // Returns nullopt when no item can be taken within the timeout.
  [[nodiscard]] virtual std::optional<std::string> get(Timeout timeout) = 0;
  // Rows of items: see psq/batch.h. Returns how many items were put or appended.
  virtual std::size_t put_many(std::string_view row, std::size_t count, Timeout timeout) = 0;
  virtual std::size_t get_many(std::string& row, std::size_t most, Timeout timeout) = 0;
  // Null: within the timeout all memory for long items was in use.
  [[nodiscard]] virtual std::unique_ptr<Lent> loan(std::size_t length, Timeout timeout) = 0;
  // Throws InvalidArgument when it is null, or no loan of this queue to the calling thread.
  [[nodiscard]] virtual bool put_lent(Lent* lent, Timeout timeout) = 0;
  // Null where get returns nullopt.
  [[nodiscard]] virtual std::unique_ptr<Lent> get_view(Timeout timeout) = 0;
  virtual std::size_t qsize() const noexcept = 0;
  virtual bool empty() const = 0;
  virtual bool full() const noexcept = 0;
  virtual void close() noexcept = 0;
  virtual void join_thread() = 0;
  // Whether join_thread, after close, would return at once.
  [[nodiscard]] virtual bool flushed() const noexcept = 0;
  virtual void cancel_join_thread() noexcept = 0;
  virtual void task_done() = 0;
  [[nodiscard]] virtual bool join(Timeout timeout) = 0;
  [[nodiscard]] virtual int fd() const = 0;
  [[nodiscard]] virtual Handle handle() const = 0;
  virtual void send_over(int socket) const = 0;
  // Of the memory, close-on-exec; the queue keeps it.
  [[nodiscard]] virtual int descriptor() const noexcept = 0;

  // For callers that must not wait, not even for another thread of this process, such as those that
  // hold an interpreter's lock: put and get_many where neither would wait for anything or copy a
  // long item. Otherwise, and when in doubt, they have no effect, and return false and zero.
  [[nodiscard]] virtual bool put_at_once(std::string_view) { return false; }
  [[nodiscard]] virtual std::size_t get_at_once(std::string&, std::size_t) { return 0; }
  // Whether no item of this process is to be sent before the next one, as far as can be known
  // without waiting: a put of a loan is not copied once more then, where there is room.
  [[nodiscard]] virtual bool sends_next() const { return empty(); }
  // As put does before it takes a slot, for an item of this length: waits a little for room, where
  // no room means more copies.
  virtual void wait_for_room(std::size_t, Timeout) {}
  // put for the only item of a row (psq/batch.h), which it may take over and so copies less.
  [[nodiscard]] virtual bool put_row(std::string& row, Timeout timeout) {
    return put_many(row, 1, timeout) == 1;
  }
};

}  // namespace detail
}  // namespace psq
