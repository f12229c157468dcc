// What effects remember.
#pragma once

#include <atomic>
#include <cstdint>

namespace psq::faulty {

/// A number that all processes share.
[[nodiscard]] std::atomic<std::int64_t>& shared_number() noexcept;

/// The same, one for each queue: queues that were made one after another have different ones.
[[nodiscard]] std::atomic<std::int64_t>& shared_number_of(std::uint64_t inode) noexcept;

/// A number of this process, zero at its start.
[[nodiscard]] std::atomic<std::int64_t>& process_number() noexcept;

/// True at every n-th call by this thread.
[[nodiscard]] bool every(int n) noexcept;

/// True at every n-th call by all threads of all processes. It counts in the shared number.
[[nodiscard]] bool every_of_all(int n) noexcept;

/// Never returns.
[[noreturn]] void hang() noexcept;

}  // namespace psq::faulty
