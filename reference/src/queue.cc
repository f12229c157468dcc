#include <new>

#include "psq/queue_core.h"
#include "src/local_queue.h"
#include "src/probe.h"

namespace psq::detail {
namespace {

void check_range(const char* what, std::int64_t value, std::int64_t least, std::int64_t largest) {
  if (value >= least && value <= largest) return;
  throw InvalidArgument(
      std::string(what) + " is " + std::to_string(value) + ", but has to be " +
      (value < least ? "at least " + std::to_string(least) : "at most " + std::to_string(largest)));
}

constexpr std::size_t kSize = sizeof(QueueMemory) + Channel::kCapacity;

}  // namespace

std::unique_ptr<QueueCore> QueueCore::create(CoreOptions options) {
  check_range("maxsize", options.maxsize, INT64_MIN, kMaxSize);
  check_range("unfinished", options.unfinished, 0, kMaxUnfinished);
  auto memory = std::make_shared<SharedMemory>(kSize);
  new (memory->data()) QueueMemory(options);
  std::unique_ptr<QueueCore> core = std::make_unique<LocalQueue>(std::move(memory));
  return altered("core", std::move(core), options);
}

std::unique_ptr<QueueCore> QueueCore::open(QueueKind kind, const std::string& token) {
  return std::make_unique<LocalQueue>(std::make_shared<SharedMemory>(name_of(kind), token, kSize));
}

}  // namespace psq::detail
