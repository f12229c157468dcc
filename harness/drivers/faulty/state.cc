#include "state.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <new>

#include "psq/error.h"

namespace psq::faulty {
namespace {

std::atomic<std::int64_t>* make_shared_number() {
  void* room = mmap(nullptr, sizeof(std::atomic<std::int64_t>), PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) throw SystemError("cannot map a number for the faults", errno);
  return new (room) std::atomic<std::int64_t>(0);
}

// Mapped before any fork.
std::atomic<std::int64_t>* const the_shared_number = make_shared_number();

}  // namespace

std::atomic<std::int64_t>& shared_number() noexcept { return *the_shared_number; }

std::atomic<std::int64_t>& process_number() noexcept {
  static std::atomic<std::int64_t> number{0};
  static std::atomic<pid_t> owner{0};
  if (owner.exchange(getpid()) != getpid()) number = 0;
  return number;
}

bool every(int n) noexcept {
  thread_local int calls = 0;
  return ++calls % n == 0;
}

bool every_of_all(int n) noexcept { return shared_number().fetch_add(1) % n == n - 1; }

void hang() noexcept {
  for (;;) pause();
}

}  // namespace psq::faulty
