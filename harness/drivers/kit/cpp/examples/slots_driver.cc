// A queue that several processes share, and its driver in ten lines: slots of one size in memory
// that a forked child inherits, counted by semaphores.
#include <psq/driver/queue_driver.h>
#include <semaphore.h>
#include <sys/mman.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <ctime>

namespace driver = psq::driver;

class SlotsQueue {
 public:
  static constexpr std::size_t kLongest = 4096;
  static constexpr std::int64_t kMaxsize = 1024;
  struct Empty : std::runtime_error {
    Empty() : std::runtime_error("the queue is empty") {}
  };
  struct Full : std::runtime_error {
    Full() : std::runtime_error("the queue is full") {}
  };

  explicit SlotsQueue(std::int64_t maxsize) : maxsize_(maxsize) {
    if (maxsize > kMaxsize) throw std::invalid_argument("so many slots there are not");
    void* memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error("no memory for a queue");
    shared_ = static_cast<Shared*>(memory);
    ::sem_init(&shared_->lock, 1, 1);
    ::sem_init(&shared_->free, 1, static_cast<unsigned>(maxsize));
    ::sem_init(&shared_->used, 1, 0);
  }
  SlotsQueue(const SlotsQueue&) = delete;
  SlotsQueue& operator=(const SlotsQueue&) = delete;
  ~SlotsQueue() { ::munmap(shared_, sizeof(Shared)); }

  void put(const std::string& bytes, bool block, std::optional<driver::Seconds> timeout) {
    if (bytes.size() > kLongest) throw std::invalid_argument("the item is too long");
    if (!take(shared_->free, block, timeout)) throw Full();
    take(shared_->lock, true, std::nullopt);
    Slot& slot = shared_->slots[shared_->next_put++ % kMaxsize];
    slot.size = bytes.size();
    std::memcpy(slot.bytes, bytes.data(), bytes.size());
    ::sem_post(&shared_->lock);
    ::sem_post(&shared_->used);
  }

  std::string get(bool block, std::optional<driver::Seconds> timeout) {
    if (!take(shared_->used, block, timeout)) throw Empty();
    take(shared_->lock, true, std::nullopt);
    const Slot& slot = shared_->slots[shared_->next_get++ % kMaxsize];
    std::string bytes(slot.bytes, slot.size);
    ::sem_post(&shared_->lock);
    ::sem_post(&shared_->free);
    return bytes;
  }

  std::int64_t qsize() { return value_of(shared_->used); }
  bool empty() { return qsize() == 0; }
  bool full() { return maxsize_ > 0 && value_of(shared_->free) == 0; }

 private:
  struct Slot {
    std::size_t size;
    char bytes[kLongest];
  };
  struct Shared {
    sem_t lock, free, used;
    std::size_t next_put, next_get;
    Slot slots[kMaxsize];
  };

  static int value_of(sem_t& semaphore) {
    int value = 0;
    ::sem_getvalue(&semaphore, &value);
    return value;
  }

  static bool take(sem_t& semaphore, bool block, std::optional<driver::Seconds> timeout) {
    timespec until{};
    ::clock_gettime(CLOCK_MONOTONIC, &until);
    const double seconds = timeout ? timeout->count() : 1e9;
    if (std::isnan(seconds)) throw std::invalid_argument("a timeout that is no number");
    const double end = static_cast<double>(until.tv_nsec) * 1e-9 + std::clamp(seconds, 0.0, 1e9);
    until.tv_sec += static_cast<time_t>(std::floor(end));
    until.tv_nsec = static_cast<long>((end - std::floor(end)) * 1e9);
    for (;;) {
      const int failed =
          block ? ::sem_clockwait(&semaphore, CLOCK_MONOTONIC, &until) : ::sem_trywait(&semaphore);
      if (failed == 0) return true;
      if (errno != EINTR) return false;
    }
  }

  const std::int64_t maxsize_;
  Shared* shared_ = nullptr;
};

int main() {
  return driver::serve_queue<SlotsQueue>(
      {.implementation = "slots",
       .version = "1",
       .processes = true,
       .bounds = {"bounded"},
       .limits = {{"max_item_bytes", SlotsQueue::kLongest}, {"maxsize", SlotsQueue::kMaxsize}}});
}
