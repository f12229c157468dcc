// What the three types of queues share beneath the types of their items: bytes in and out.
//
// Processes, threads, lifetime and errors: as the types above it say. For the types above it alone.
//
// Clauses: queue.close.local, simple-queue.close.local, process.objects.every-type.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "psq/handle.h"
#include "psq/timeout.h"

namespace psq {

// The largest bound of a queue, and the bound of one that has none configured.
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

// A queue of serialized items; src/queue.cc. Its methods keep what the types above it promise of
// theirs, each for the kinds that have it.
class QueueCore {
 public:
  static std::unique_ptr<QueueCore> create(CoreOptions options);
  static std::unique_ptr<QueueCore> open(QueueKind kind, const std::string& token);
  virtual ~QueueCore() = default;

  virtual void check_open() const = 0;
  // False: no slot within the time.
  [[nodiscard]] virtual bool put(std::string_view item, Timeout timeout) = 0;
  // Nothing: no item within the time.
  [[nodiscard]] virtual std::optional<std::string> get(Timeout timeout) = 0;
  virtual std::size_t qsize() const noexcept = 0;
  virtual bool empty() const = 0;
  virtual bool full() const noexcept = 0;
  virtual void close() noexcept = 0;
  virtual void join_thread() = 0;
  virtual void cancel_join_thread() noexcept = 0;
  virtual void task_done() = 0;
  [[nodiscard]] virtual bool join(Timeout timeout) = 0;
  [[nodiscard]] virtual Handle handle() const = 0;
};

}  // namespace detail
}  // namespace psq
