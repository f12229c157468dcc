#include "pauses.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <utility>

#include "next.h"
#include "profiles.h"

namespace psq::slow {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr std::uint32_t kAll = 10'000;
constexpr std::uint32_t kLocksAreRarer = 8;
// A call is late by one long pause at most, and so is no series of calls.
constexpr microseconds kBetweenLongPauses = seconds{3};
// A transfer of fewer bytes is a header, one of more bytes behind it is a body.
constexpr std::int64_t kMostOfHeader = 16;
constexpr std::size_t kLeastOfBody = 4'000;
constexpr std::size_t kMostPieces = 4;
constexpr microseconds kBetweenPieces{3'000};

std::uint64_t mixed(std::uint64_t value) {  // splitmix64
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

struct Process {
  const Profile* profile = nullptr;  // null until the environment was read
  std::uint64_t identity = 0;
  std::atomic<std::uint64_t> generation{1};  // of threads that draw for this process
  std::atomic<std::uint64_t> children{0};
  std::atomic<std::uint64_t> threads{0};
  std::atomic<std::int64_t> next_long_pause{0};
};
constinit Next<int(pollfd*, nfds_t, const timespec*, const sigset_t*)> ppoll_to_sleep{"ppoll"};
constinit Process process;

struct Thread {
  std::uint64_t generation = 0;
  std::uint64_t state = 0;
  bool slow = false;
  bool interrupted = false;  // a signal's handler ran in a pause
  int descriptor = -1;       // of its last transfer
  std::int64_t moved = 0;
};
constinit thread_local Thread thread;

// The variable holds SEED/PROFILE, as psq-slow-driver sets it. Without it there are no pauses.
__attribute__((constructor)) void read_environment() {
  const char* const text = std::getenv("PSQ_SLOW");
  const std::string_view given = text == nullptr ? "" : text;
  const auto slash = given.find('/');
  if (slash == std::string_view::npos) return;
  std::uint64_t seed = 0;
  std::from_chars(given.data(), given.data() + slash, seed);
  // Programs that a process executes one after the other differ by their pid alone.
  process.identity = mixed(seed ^ mixed(static_cast<std::uint64_t>(::getpid())));
  process.profile = find_profile(given.substr(slash + 1));
}

bool process_is_slow() {
  return process.profile != nullptr && process.identity % kAll < process.profile->slow_processes;
}

Thread& this_thread() {
  const std::uint64_t generation = process.generation.load(std::memory_order_relaxed);
  if (thread.generation != generation) {
    const std::uint64_t ordinal = process.threads.fetch_add(1, std::memory_order_relaxed);
    thread = {.generation = generation, .state = mixed(process.identity + ordinal)};
    thread.slow = process_is_slow() && mixed(thread.state) % kAll < process.profile->slow_threads;
  }
  return thread;
}

std::uint64_t draw(Thread& by) { return mixed(++by.state); }

bool happens(Thread& to, std::uint32_t chance) { return chance > 0 && draw(to) % kAll < chance; }

microseconds drawn_length(Thread& by, microseconds longest) {
  return microseconds{static_cast<std::int64_t>(
      1 + draw(by) % static_cast<std::uint64_t>(std::max(longest, microseconds{1}).count()))};
}

microseconds now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return seconds{time.tv_sec} + microseconds{time.tv_nsec / 1000};
}

bool has_handler(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler != SIG_DFL &&
         action.sa_handler != SIG_IGN;
}

// Whether a signal is pending that `mask` does not block and that interrupts a call.
bool any_pending(const sigset_t& mask) {
  sigset_t pending;
  ::sigpending(&pending);
  for (int signal = 1; signal < NSIG; ++signal) {
    if (::sigismember(&pending, signal) == 1 && ::sigismember(&mask, signal) == 0 &&
        has_handler(signal))
      return true;
  }
  return false;
}

// Keeps errno.
void sleep_for(Thread& me, microseconds length) {
  const int error = errno;
  const timespec time{.tv_sec = length.count() / 1'000'000,
                      .tv_nsec = length.count() % 1'000'000 * 1000};
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  // A signal that comes when the time is over, before this thread has a processor again, leaves the
  // result of the sleep as it is. It is pending here.
  const int result = ppoll_to_sleep(nullptr, 0, &time, &before);
  if (result != 0 || any_pending(before)) me.interrupted = true;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
}

bool long_pause_is_due(Thread& to, const Profile& profile) {
  if (!happens(to, profile.long_pauses)) return false;
  std::int64_t due = process.next_long_pause.load(std::memory_order_relaxed);
  const microseconds at = now();
  return at.count() >= due &&
         process.next_long_pause.compare_exchange_strong(due, (at + kBetweenLongPauses).count());
}

}  // namespace

void pause_perhaps(Site site) {
  if (process.profile == nullptr) return;
  Thread& me = this_thread();
  if (!me.slow) return;
  const Profile& profile = *process.profile;
  const std::uint32_t rarer = site == Site::kLock ? kLocksAreRarer : 1;
  if (site == Site::kCall && long_pause_is_due(me, profile)) {
    sleep_for(me, drawn_length(me, profile.long_pause));
  } else if (happens(me, profile.pauses / rarer)) {
    sleep_for(me, drawn_length(me, profile.pause));
  }
}

bool pause_before_waiting() {
  if (process.profile == nullptr) return true;
  pause_perhaps();
  return !std::exchange(this_thread().interrupted, false);
}

bool pause_before_transfer(int descriptor, std::size_t count) {
  if (process.profile == nullptr) return true;
  Thread& me = this_thread();
  const bool within = me.descriptor == descriptor && me.moved > 0 && me.moved <= kMostOfHeader &&
                      count >= kLeastOfBody;
  const microseconds length = process.profile->in_message;
  if (within && length > microseconds{0}) sleep_for(me, length);
  return pause_before_waiting();
}

void pause_behind_transfer(int descriptor, std::int64_t moved) {
  if (process.profile == nullptr) return;
  Thread& me = this_thread();
  me.descriptor = descriptor;
  me.moved = moved;
  pause_perhaps();
}

void be_late() {
  if (process.profile == nullptr || process.profile->late == microseconds{0}) return;
  Thread& me = this_thread();
  sleep_for(me, drawn_length(me, process.profile->late));
}

void note_child() { process.children.fetch_add(1, std::memory_order_relaxed); }

void be_another_process() {
  process.identity = mixed(process.identity + process.children.load());
  process.children = 0;
  process.threads = 0;
  process.next_long_pause = 0;
  process.generation += 1;
}

std::size_t draw_pieces() {
  if (process.profile == nullptr) return 1;
  Thread& me = this_thread();
  return happens(me, process.profile->pieces) ? 2 + draw(me) % (kMostPieces - 1) : 1;
}

void pause_between_pieces() {
  Thread& me = this_thread();
  sleep_for(me, drawn_length(me, kBetweenPieces));
}

}  // namespace psq::slow
