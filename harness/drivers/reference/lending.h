// Queues of the reference whose items travel by loans and views and by batches of one, too: what
// the option --loans of the driver makes.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "payload.h"
#include "psq/psq.h"

namespace psq::reference_driver {

/// How an item is put or obtained.
enum class Way { kCopy, kLoan, kBatch };

/// Draws ways and pauses. Threads of a process draw different ones, and so do the calls of one; the
/// first thread of a child goes on where the thread that forked it stood.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : seed_(seed) {}

  [[nodiscard]] Way way() const {
    const auto side = below(4);
    return side < 2 ? Way::kLoan : side == 2 ? Way::kBatch : Way::kCopy;
  }

  /// The time for which a loan or a view is kept: mostly short, sometimes as long as a wait.
  void keep() const {
    const unsigned most = below(16) == 0 ? 12'000 : 600;
    std::this_thread::sleep_for(std::chrono::microseconds(below(most)));
  }

 private:
  [[nodiscard]] unsigned below(unsigned end) const {
    static std::atomic<std::uint64_t> threads{0};
    thread_local std::mt19937_64 random(seed_ + ++threads);
    return static_cast<unsigned>(random() % end);
  }

  std::uint64_t seed_;
};

/// A queue Q of std::string as a queue of payloads. Its calls end as those of a queue of payloads
/// do.
template <typename Q>
class Lending : public Q {
 public:
  Lending(Q queue, std::uint64_t seed) : Q(std::move(queue)), dice_(seed) {}

  void put(const Payload& item, Timeout timeout = forever) {
    this->core().check_open();  // Before the item is serialized.
    detail::with_bytes(item, [&](std::string_view bytes) { put_bytes(bytes, timeout); });
  }

  [[nodiscard]] Payload get(Timeout timeout = forever) {
    switch (dice_.way()) {
      case Way::kLoan: {
        const View view = Q::get_view(timeout);
        dice_.keep();
        return detail::deserialize_view<Payload>(view.text());
      }
      case Way::kBatch: {
        std::vector<std::string> items = Q::get_many(1, timeout);
        if (items.empty()) throw Empty();
        return detail::deserialize<Payload>(std::move(items.front()));
      }
      case Way::kCopy:
        break;
    }
    return detail::deserialize<Payload>(Q::get(timeout));
  }

 private:
  void put_bytes(std::string_view bytes, Timeout timeout) {
    const Way way = dice_.way();
    if (way == Way::kBatch) {
      if (Q::put_many(std::array{std::string(bytes)}, timeout) == 0) throw Full();
      return;
    }
    // An item that finds no place for a loan now is no item without a slot.
    std::optional<Loan> loan;
    if (way == Way::kLoan) loan = Q::try_loan(bytes.size());
    if (!loan) return Q::put(std::string(bytes), timeout);
    fill(loan->bytes(), bytes);
    Q::put(*std::move(loan), timeout);
  }

  void fill(std::span<std::byte> to, std::string_view bytes) const {
    const std::size_t half = bytes.size() / 2;
    std::memcpy(to.data(), bytes.data(), half);
    dice_.keep();
    std::memcpy(to.data() + half, bytes.data() + half, bytes.size() - half);
  }

  Dice dice_;
};

}  // namespace psq::reference_driver
