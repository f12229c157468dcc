#include <new>

#include "psq/queue_core.h"
#include "src/local_queue.h"
#include "src/probe.h"
#include "src/queue_file.h"

namespace psq::detail {
namespace {

void check_range(const char* what, std::int64_t value, std::int64_t least, std::int64_t largest) {
  if (value >= least && value <= largest) return;
  throw InvalidArgument(
      std::string(what) + " is " + std::to_string(value) + ", but has to be " +
      (value < least ? "at least " + std::to_string(least) : "at most " + std::to_string(largest)));
}

constexpr std::size_t kSize = sizeof(QueueMemory) + Channel::kCapacity;

void check(const CoreOptions& options) {
  check_range("maxsize", options.maxsize, INT64_MIN, kMaxSize);
  check_range("unfinished", options.unfinished, 0, kMaxUnfinished);
}

QueueMemory& make_queue_in(const SharedMemory& memory, const CoreOptions& options) {
  auto& queue = *new (memory.data()) QueueMemory(options);
  queue.mark() = MemoryMark(name_of(options.kind), memory.descriptor());
  return queue;
}

std::unique_ptr<QueueCore> queue_in(Descriptor file, QueueKind kind, const std::string& what) {
  check_queue_file(file.get(), name_of(kind), kSize, what);
  return std::make_unique<LocalQueue>(std::make_shared<SharedMemory>(std::move(file), kSize));
}

}  // namespace

std::unique_ptr<QueueCore> QueueCore::create(CoreOptions options) {
  check(options);
  auto memory = std::make_shared<SharedMemory>(kSize);
  make_queue_in(*memory, options);
  std::unique_ptr<QueueCore> core = std::make_unique<LocalQueue>(std::move(memory));
  return altered("core", std::move(core), options);
}

std::unique_ptr<QueueCore> QueueCore::create_at(const std::string& path, mode_t mode,
                                                CoreOptions options) {
  check(options);
  auto memory = std::make_shared<SharedMemory>(make_queue_file(path, kSize), kSize);
  make_queue_in(*memory, options).mark().boot = boot_of_system();
  at("queue-made");
  name_queue_file(memory->descriptor(), path, mode);
  return std::make_unique<LocalQueue>(std::move(memory));
}

std::unique_ptr<QueueCore> QueueCore::open_at(QueueKind kind, const std::string& path) {
  return queue_in(open_queue_file(path), kind, path);
}

std::unique_ptr<QueueCore> QueueCore::receive_from(QueueKind kind, int socket) {
  return queue_in(receive_descriptor(socket, kQueueCargo).descriptor, kind,
                  "what came through the socket");
}

std::unique_ptr<QueueCore> QueueCore::adopt(QueueKind kind, int descriptor) {
  return queue_in(Descriptor(descriptor), kind, "descriptor " + std::to_string(descriptor));
}

std::unique_ptr<QueueCore> QueueCore::open(QueueKind kind, const std::string& token) {
  return std::make_unique<LocalQueue>(std::make_shared<SharedMemory>(name_of(kind), token, kSize));
}

}  // namespace psq::detail
