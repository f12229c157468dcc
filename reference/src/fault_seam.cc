#include "src/fault_seam.h"

#ifdef PSQ_FAULTS

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <thread>

#include "psq/error.h"
#include "src/clock.h"
#include "src/history_faults.h"

namespace psq::detail {
namespace {

// Mapped before any fork.
std::atomic<std::int64_t>* make_shared_number() {
  void* room = mmap(nullptr, sizeof(std::atomic<std::int64_t>), PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) throw SystemError("cannot map a number for the faults", errno);
  return new (room) std::atomic<std::int64_t>(0);
}
std::atomic<std::int64_t>* const shared_number = make_shared_number();

// The number that all processes share holds tickets sold above this, and tickets served below.
constexpr std::int64_t kOneTicket = 1'000'000;

bool overtakes(const std::string& item) {
  constexpr std::size_t kLarge = 100'000;
  if (fault_is(Fault::kSimpleLargeOvertaken)) return item.size() > kLarge;
  if (fault_rarely(Fault::kRareSimpleSwaps, 500)) return true;
  return fault_is(Fault::kSimpleOvertakes) && fault_turn(10);
}

bool is_late() {
  if (fault_is(Fault::kKilledSimpleLate)) return fault_turn(2);
  for (const Fault fault :
       {Fault::kSimpleLate, Fault::kSimpleDiesWithProducer, Fault::kSimpleExitLoses})
    if (fault_is(fault)) return fault_turn(10);
  return false;
}

}  // namespace

std::optional<std::vector<std::string>> fault_delayed(const std::string& item) {
  if (fault_is(Fault::kRareSimpleTorn)) return std::vector{fault_rare_torn(item)};
  thread_local std::optional<std::string> late;
  const bool overtaken = overtakes(item);
  const bool kept_back = overtaken || is_late();
  if (!kept_back && !late) return std::nullopt;
  std::vector<std::string> now;
  const bool late_goes_last = fault_is(Fault::kSimpleOvertakes) ||
                              fault_is(Fault::kSimpleLargeOvertaken) ||
                              fault_is(Fault::kRareSimpleSwaps);
  if (late && !late_goes_last) now.push_back(*late);
  if (!kept_back) now.push_back(item);
  if (late && late_goes_last) now.push_back(*late);
  late = kept_back ? std::optional(item) : std::nullopt;
  return now;
}

std::atomic<std::int64_t>& fault_shared() noexcept { return *shared_number; }

std::atomic<std::int64_t>& fault_own() noexcept {
  static std::atomic<std::int64_t> number{0};
  static std::atomic<pid_t> owner{0};
  if (owner.exchange(getpid()) != getpid()) number = 0;
  return number;
}

void fault_enter_send() {
  constexpr auto kLittle = kLookAgain / 10;
  if (fault_is(Fault::kOneLockForAll))
    while (fault_shared().exchange(1) != 0) std::this_thread::sleep_for(kLittle);
  if (!fault_is(Fault::kWritersByTicket)) return;
  const std::int64_t mine = fault_shared().fetch_add(kOneTicket) / kOneTicket;
  while (fault_shared() % kOneTicket != mine) std::this_thread::sleep_for(kLittle);
}

void fault_leave_send() noexcept {
  if (fault_is(Fault::kOneLockForAll)) fault_shared() = 0;
  if (fault_is(Fault::kWritersByTicket)) fault_shared()++;
}

bool& fault_from_the_dead() noexcept {
  thread_local bool from_the_dead = false;
  return from_the_dead;
}

void fault_hang() noexcept {
  for (;;) std::this_thread::sleep_for(kLookAgain);
}

}  // namespace psq::detail

#endif  // PSQ_FAULTS
