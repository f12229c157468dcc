// The PID namespace of this process.
//
// The locks in shared memory know a thread by its number, and numbers repeat in other PID
// namespaces: the kernel would take a lock from a living thread when another one of that number
// ends. So a queue is used in the namespace of its creator alone.

#pragma once

#include <sys/stat.h>

#include <atomic>
#include <cstdint>

namespace psq::detail {

class PidNamespace {
 public:
  // Zero when it cannot be known, because /proc is not mounted or shows another namespace.
  [[nodiscard]] static std::uint64_t current() noexcept {
    std::uint64_t known = current_.load(std::memory_order_relaxed);
    if (known == kNotAsked) current_.store(known = ask(), std::memory_order_relaxed);
    return known;
  }

  // In a forked child: unshare(2) and setns(2) change the namespace of children.
  static void forget() noexcept { current_.store(kNotAsked, std::memory_order_relaxed); }

 private:
  static constexpr std::uint64_t kNotAsked = ~std::uint64_t{0};

  static std::uint64_t ask() noexcept {
    struct stat about {};
    return stat("/proc/self/ns/pid", &about) == 0 ? about.st_ino : 0;
  }

  static inline std::atomic<std::uint64_t> current_{kNotAsked};
};

}  // namespace psq::detail
