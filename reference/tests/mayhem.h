// Producers and consumers that are killed and stopped at random times, and what holds afterwards.

#ifndef PSQ_TESTS_MAYHEM_H_
#define PSQ_TESTS_MAYHEM_H_

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>

#include "tests/death.h"
#include "tests/loans.h"
#include "tests/shared_object.h"

namespace psq::test {

inline constexpr int kProducers = 2;
inline constexpr int kConsumers = 2;
inline constexpr int kMostLives = 100'000;
inline constexpr int kMostItems = 400;  // So many has a producer, then it pauses.

// What a queue may take while nothing is left behind: less than twenty of the longest items. And
// what it keeps when all is given back.
inline constexpr std::int64_t kMostMemory = 100 << 20;
inline constexpr std::int64_t kKeptMemory = 8 << 20;

// Of one life of a producer: which of its items were got.
struct Life {
  std::array<std::atomic<char>, kMostItems> got;
};

struct Record {
  std::atomic<int> torn{0};
  std::atomic<int> twice{0};
  std::atomic<int> disordered{0};
  std::atomic<int> got{0};
  std::atomic<int> done{0};
  std::array<Life, kMostLives> lives;  // Touched as they come.
};

// Every third item is long, and in every fourth life some are longer than what a queue keeps.
inline std::string item_of(int life, int number) {
  const auto seed = static_cast<std::size_t>(number);
  std::string name = std::to_string(life) + "/" + std::to_string(number) + "/";
  const bool is_longest = life % 4 == 0 && number % 16 == 2;
  return filled(std::move(name), seed,
                is_longest      ? 5 << 20
                : seed % 3 == 1 ? 300'000
                                : 30 + seed % 50);
}

// Looks at what one consumer gets.
class Judge {
 public:
  explicit Judge(Record& record) : record_(record) {}

  void look_at(std::string_view item) {
    ++record_.got;
    const std::string name(item.substr(0, 20));
    const int life = std::atoi(name.c_str());
    const int number = std::atoi(name.c_str() + name.find('/') + 1);
    if (life < 0 || life >= kMostLives || number < 0 || number >= kMostItems ||
        item != item_of(life, number)) {
      ++record_.torn;
      return;
    }
    if (record_.lives[static_cast<std::size_t>(life)].got[static_cast<std::size_t>(number)]++ > 0)
      ++record_.twice;
    int& last = last_.try_emplace(life, -1).first->second;
    if (number <= last) ++record_.disordered;
    last = number;
  }

 private:
  Record& record_;
  std::map<int, int> last_;
};

// A queue Q of texts. `Habits` has, for one process, a put of the item of that number and perhaps
// of more ones, and a get that shows what it obtains; `kMostLost` items at most are lost with one.
template <typename Q, typename Habits>
class Mayhem {
 public:
  void run() {
    const char* wanted = std::getenv("PSQ_DEATH_KILLS");
    const int most = wanted == nullptr ? kMostLives : std::atoi(wanted);
    const auto until =
        wanted == nullptr ? Clock::now() + std::chrono::seconds(2) : Clock::time_point::max();
    for (auto& each : producers_) each = producer();
    for (auto& each : consumers_) each = consumer();
    while (kills_ < most && lives_ < kMostLives && Clock::now() < until) disturb_one();
    for (auto& each : producers_) each.reset();
    for (auto& each : consumers_) each.reset();
    consumer_kills_ += kConsumers;
    settle();
    expect_all_memory_back();
    std::printf("%d kills, %d of them of consumers, %d stops; %d items got, %d lost; %d MiB\n",
                kills_, consumer_kills_, stops_, record_->got.load(), gaps(),
                static_cast<int>(most_memory_ >> 20));
  }

 private:
  static constexpr bool kHasTasks = std::is_same_v<Q, Tasks>;

  static Q made() {
    if constexpr (kHasTasks)
      return Q({.maxsize = kBound});
    else
      return Q();
  }

  std::unique_ptr<Child> producer() {
    return std::make_unique<Child>([this, life = lives_++, seed = random_()]() -> int {
      Habits habits(seed);
      for (int next = 0; next < kMostItems;) next += habits.put(queue_, life, next);
      for (;;) pause();
    });
  }

  std::unique_ptr<Child> consumer() {
    return std::make_unique<Child>([this, seed = random_()]() -> int {
      Judge judge(*record_);
      const auto look_at = [&](std::string_view item) {
        judge.look_at(item);
        if constexpr (kHasTasks) queue_.task_done();
        ++record_->done;
      };
      for (Habits habits(seed);;) habits.get(queue_, look_at);
    });
  }

  // One victim in four is stopped for a while first, and half of these go on.
  void disturb_one() {
    some_time();
    const auto victim = random_() % (kProducers + kConsumers);
    const bool produces = victim < kProducers;
    auto& child = produces ? producers_[victim] : consumers_[victim - kProducers];
    const auto how = random_() % 8;
    if (how < 2) {
      child->stop();
      ++stops_;
      some_time();
    }
    if (how == 0) return child->signal(SIGCONT);
    EXPECT_EQ(child->kill_and_wait(), -SIGKILL);
    child = produces ? producer() : consumer();
    ++kills_;
    consumer_kills_ += produces ? 0 : 1;
    if constexpr (kHasTasks) (void)queue_.full();
    most_memory_ = std::max(most_memory_, memory());
  }
  void some_time() { std::this_thread::sleep_for(std::chrono::microseconds(random_() % 4'000)); }

  // After the end of all processes: what is there is whole, and everything comes back.
  void settle() {
    Judge judge(*record_);
    const auto begin = Clock::now();
    while (const auto item = queue_.try_get(std::chrono::milliseconds(50))) judge.look_at(*item);
    if constexpr (kHasTasks) settle_tasks();
    EXPECT_LT(Clock::now() - begin, kSoon);
    EXPECT_EQ(record_->torn, 0);
    EXPECT_EQ(record_->twice, 0);
    EXPECT_EQ(record_->disordered, 0);
    EXPECT_LE(gaps(), most_lost()) << "more was lost than dead consumers may have taken";
  }

  void settle_tasks() {
    const int unfinished = finish_tasks(queue_);
    // Every item that became visible is a task, and those that did not are none. What was lost
    // behind the last item that came of a producer is no gap.
    const int visible = record_->got + gaps();
    EXPECT_LE(unfinished, visible + most_lost() - record_->done);
    EXPECT_GE(unfinished, record_->got - record_->done - consumer_kills_);
    expect_join_returns(queue_);
    expect_works(queue_);
  }

  // No place and no byte is left with the dead.
  void expect_all_memory_back() {
    EXPECT_LE(most_memory_, kMostMemory);
    const auto until = Clock::now() + kSoon;
    while (free_places(queue_) < kPlaces && Clock::now() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_EQ(free_places(queue_), kPlaces);
    // What is kept for items that do not come goes back with a get that waits.
    while (memory() > kKeptMemory && Clock::now() < until)
      EXPECT_FALSE(queue_.try_get(std::chrono::milliseconds(50)).has_value());
    EXPECT_LE(memory(), kKeptMemory);
  }

  std::int64_t memory() const {
    struct stat about {};
    EXPECT_EQ(fstat(file_.descriptor(), &about), 0);
    return std::int64_t{about.st_blocks} * 512;
  }

  // Items that are missing before others of the same producer.
  int gaps() const {
    int missing = 0;
    for (int life = 0; life < lives_; ++life) {
      const auto& got = record_->lives[static_cast<std::size_t>(life)].got;
      int since = 0;
      for (const auto& each : got) {
        if (each > 0)
          missing += std::exchange(since, 0);
        else
          ++since;
      }
    }
    return missing;
  }
  int most_lost() const { return consumer_kills_ * Habits::kMostLost; }

  Q queue_ = made();
  const Handle file_ = queue_.handle();
  const SharedObject<Record> record_;
  std::array<std::unique_ptr<Child>, kProducers> producers_;
  std::array<std::unique_ptr<Child>, kConsumers> consumers_;
  int lives_ = 0;
  int kills_ = 0;
  int consumer_kills_ = 0;
  int stops_ = 0;
  std::int64_t most_memory_ = 0;
  std::mt19937 random_{std::random_device{}()};
};

}  // namespace psq::test

#endif  // PSQ_TESTS_MAYHEM_H_
