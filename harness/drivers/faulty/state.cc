#include "state.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <new>

#include "psq/error.h"

namespace psq::faulty {
namespace {

// The first for all, and some that queues share out among themselves.
using Numbers = std::array<std::atomic<std::int64_t>, 1 + 64>;

Numbers& make_shared_numbers() {
  void* room =
      mmap(nullptr, sizeof(Numbers), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) throw SystemError("cannot map numbers for the faults", errno);
  return *new (room) Numbers{};
}

// Mapped before any fork.
Numbers& the_shared_numbers = make_shared_numbers();

}  // namespace

std::atomic<std::int64_t>& shared_number() noexcept { return the_shared_numbers.front(); }

std::atomic<std::int64_t>& shared_number_of(std::uint64_t inode) noexcept {
  return the_shared_numbers[1 + inode % (the_shared_numbers.size() - 1)];
}

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
