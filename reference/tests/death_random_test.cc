// Producers and consumers that are killed and stopped at random times, and replaced, for about two
// seconds a test. PSQ_DEATH_KILLS=N in the environment: until there were so many kills.

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "tests/mayhem.h"

namespace psq::test {
namespace {

struct Copies {
  static constexpr int kMostLost = 1;

  explicit Copies(std::mt19937::result_type) {}

  template <typename Q>
  int put(Q& queue, int life, int number) {
    queue.put(item_of(life, number));
    return 1;
  }

  template <typename Q, typename LookAt>
  void get(Q& queue, const LookAt& look_at) {
    look_at(queue.get());
  }
};

// A process draws how it puts and gets each time. It keeps loans and views for a while, so that
// death finds it with one.
class LoansAndBatches {
 public:
  static constexpr int kMostLost = 3;

  explicit LoansAndBatches(std::mt19937::result_type seed) : random_(seed) {}

  template <typename Q>
  int put(Q& queue, int life, int number) {
    const int count = std::min(some(), kMostItems - number);
    switch (some()) {
      case 1:
        queue.put(loan_of(queue, item_of(life, number)));
        return 1;
      case 2: {
        std::vector<std::string> items;
        items.reserve(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) items.push_back(item_of(life, number + i));
        return static_cast<int>(queue.put_many(items));
      }
      default:
        queue.put(item_of(life, number));
        return 1;
    }
  }

  template <typename Q, typename LookAt>
  void get(Q& queue, const LookAt& look_at) {
    switch (some()) {
      case 1: {
        const View view = queue.get_view();
        keep();
        return look_at(view.text());
      }
      case 2:
        for (const std::string& each : queue.get_many(static_cast<std::size_t>(kMostLost)))
          look_at(each);
        return;
      default:
        look_at(queue.get());
    }
  }

 private:
  [[nodiscard]] int some() { return 1 + static_cast<int>(random_() % 3); }
  void keep() { std::this_thread::sleep_for(std::chrono::microseconds(random_() % 500)); }

  template <typename Q>
  Loan loan_of(Q& queue, const std::string& item) {
    Loan loan = queue.loan(item.size());
    const std::size_t half = item.size() / 2;
    std::memcpy(loan.bytes().data(), item.data(), half);
    keep();
    std::memcpy(loan.bytes().data() + half, item.data() + half, item.size() - half);
    return loan;
  }

  std::mt19937 random_;
};

using Simple = SimpleQueue<std::string>;

TEST(RandomDeath, TearsNothingAndLeavesNothingTaken) { Mayhem<Tasks, Copies>().run(); }
TEST(RandomDeath, WithLoansAndBatchesOfAQueue) { Mayhem<Tasks, LoansAndBatches>().run(); }
TEST(RandomDeath, WithLoansAndBatchesOfASimpleQueue) { Mayhem<Simple, LoansAndBatches>().run(); }

}  // namespace
}  // namespace psq::test
