// Producers and consumers that are killed at random times, and replaced, for about two seconds.
// PSQ_DEATH_KILLS=N in the environment: until there were so many kills.

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "tests/death.h"
#include "tests/shared_object.h"

namespace psq::test {
namespace {

using namespace std::chrono_literals;

constexpr int kProducers = 2;
constexpr int kConsumers = 2;
constexpr int kMostLives = 100'000;
constexpr int kMostItems = 400;  // So many has a producer, then it pauses.

// Of one life of a producer: which of its items were got, and whether the row is right.
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

std::string item_of(int life, int number) {
  return std::to_string(life) + "/" + std::to_string(number) + "/" + item(number);
}

// Looks at what one consumer gets.
class Judge {
 public:
  explicit Judge(Record& record) : record_(record) {}

  void look_at(const std::string& text) {
    ++record_.got;
    const int life = std::stoi(text);
    const int number = std::stoi(text.substr(text.find('/') + 1));
    if (life < 0 || life >= kMostLives || number < 0 || number >= kMostItems ||
        text != item_of(life, number)) {
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

class Mayhem {
 public:
  void run() {
    const char* wanted = std::getenv("PSQ_DEATH_KILLS");
    const int most = wanted == nullptr ? kMostLives : std::atoi(wanted);
    const auto until = wanted == nullptr ? Clock::now() + 2s : Clock::time_point::max();
    for (auto& each : producers_) each = producer();
    for (auto& each : consumers_) each = consumer();
    while (kills_ < most && lives_ < kMostLives && Clock::now() < until) kill_one();
    for (auto& each : producers_) each.reset();
    for (auto& each : consumers_) each.reset();
    consumer_kills_ += kConsumers;
    settle();
  }

 private:
  std::unique_ptr<Child> producer() {
    return std::make_unique<Child>([this, life = lives_++]() -> int {
      for (int i = 0; i < kMostItems; ++i) queue_.put(item_of(life, i));
      for (;;) pause();
    });
  }

  std::unique_ptr<Child> consumer() {
    return std::make_unique<Child>([this]() -> int {
      for (Judge judge(*record_);;) {
        judge.look_at(queue_.get());
        queue_.task_done();
        ++record_->done;
      }
    });
  }

  void kill_one() {
    std::this_thread::sleep_for(std::chrono::microseconds(pause_(random_)));
    const auto victim = static_cast<std::size_t>(who_(random_));
    const bool produces = victim < kProducers;
    auto& child = produces ? producers_[victim] : consumers_[victim - kProducers];
    EXPECT_EQ(child->kill_and_wait(), -SIGKILL);
    child = produces ? producer() : consumer();
    ++kills_;
    consumer_kills_ += produces ? 0 : 1;
    (void)queue_.full();
  }

  // After the end of all processes: what is there is whole, and everything comes back.
  void settle() {
    Judge judge(*record_);
    // The analyzer does not see that an exception ends the loop.
    const auto begin = Clock::now();  // NOLINT(clang-analyzer-deadcode.DeadStores)
    for (;;) {
      try {
        judge.look_at(queue_.get(50ms));
      } catch (const Empty&) {
        break;
      }
    }
    const int unfinished = finish_tasks(queue_);
    EXPECT_LT(Clock::now() - begin, kSoon);
    EXPECT_EQ(record_->torn, 0);
    EXPECT_EQ(record_->twice, 0);
    EXPECT_EQ(record_->disordered, 0);
    EXPECT_LE(gaps(), consumer_kills_) << "more was lost than one item for each dead consumer";
    // Every item that became visible is a task, and those that did not are none.
    const int visible = record_->got + gaps();
    EXPECT_LE(unfinished, visible + at_the_ends() - record_->done);
    EXPECT_GE(unfinished, record_->got - record_->done - consumer_kills_);
    expect_join_returns(queue_);
    expect_works(queue_);
    std::printf("%d kills, %d of them of consumers; %d items got, %d lost\n", kills_,
                consumer_kills_, record_->got.load(), gaps());
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
  // At most so many were lost behind the last one got.
  int at_the_ends() const { return consumer_kills_; }

  Tasks queue_{{.maxsize = kBound}};
  const SharedObject<Record> record_;
  std::array<std::unique_ptr<Child>, kProducers> producers_;
  std::array<std::unique_ptr<Child>, kConsumers> consumers_;
  int lives_ = 0;
  int kills_ = 0;
  int consumer_kills_ = 0;
  std::mt19937 random_{std::random_device{}()};
  std::uniform_int_distribution<int> pause_{0, 4000};
  std::uniform_int_distribution<int> who_{0, kProducers + kConsumers - 1};
};

TEST(RandomDeath, TearsNothingAndLeavesNothingTaken) { Mayhem().run(); }

}  // namespace
}  // namespace psq::test
