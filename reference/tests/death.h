// What the tests of death share: items that tell when they are torn, and what has to hold of a
// queue afterwards.

#ifndef PSQ_TESTS_DEATH_H_
#define PSQ_TESTS_DEATH_H_

#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>
#include <string>
#include <vector>

#include "psq/psq.h"
#include "tests/child.h"
#include "tests/crash_probes.h"
#include "tests/filler.h"
#include "tests/limits.h"

namespace psq::test {

// A test that hangs fails.
struct EndsOrFails {
  EndsOrFails() { alarm(kLongestLife); }
  ~EndsOrFails() { alarm(0); }
};

// A crash point at which a process dies when it comes there for the `times`-th time.
struct CrashPoint {
  const char* name;
  int times;
};

inline std::vector<CrashPoint> crash_points(std::initializer_list<const char*> names,
                                            std::initializer_list<int> times) {
  std::vector<CrashPoint> all;
  for (const char* name : names)
    for (const int each : times) all.push_back({name, each});
  return all;
}

inline std::string name_of(const testing::TestParamInfo<CrashPoint>& info) {
  std::string name = info.param.name + std::string("_") + std::to_string(info.param.times);
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}

// A test at each of several crash points.
class Death : public testing::TestWithParam<CrashPoint> {
 protected:
  const EndsOrFails limit_;

  void die_there() const { die_at(GetParam().name, GetParam().times); }
};

using Clock = std::chrono::steady_clock;

constexpr int kBound = 16;  // More than a channel has room for.
using Tasks = JoinableQueue<std::string>;

// Every third item is a long one, of which a channel has room for four; all others are short.
inline std::string item(int number) {
  const auto seed = static_cast<std::size_t>(number);
  return filled(std::to_string(number) + ":", seed, seed % 3 == 1 ? 300'000 : 20 + seed % 50);
}

// The number of an item, which has to be whole.
inline int number_of(const std::string& text) {
  const int number = std::stoi(text);
  EXPECT_TRUE(text == item(number)) << "item " << number << " is torn";
  return number;
}

// All slots are free and can be taken, what is put comes, and no more comes.
inline void expect_works(Tasks& queue) {
  EXPECT_EQ(queue.qsize(), 0U);
  EXPECT_FALSE(queue.full());
  EXPECT_TRUE(queue.empty());
  for (int i = 0; i < kBound; ++i) ASSERT_NO_THROW(queue.put(item(i), no_wait)) << "slot " << i;
  EXPECT_TRUE(queue.full());
  EXPECT_THROW(queue.put(item(kBound), no_wait), Full);
  for (int i = 0; i < kBound; ++i) ASSERT_EQ(number_of(queue.get(kSoon)), i);
  for (int i = 0; i < kBound; ++i) queue.task_done();
}

// How many tasks are unfinished; none afterwards.
inline int finish_tasks(Tasks& queue) {
  (void)queue.qsize();  // Which notices who died.
  for (int unfinished = 0;; ++unfinished) {
    try {
      queue.task_done();
    } catch (const TaskDoneTooOften&) {
      return unfinished;
    }
  }
}

// The join of a queue whose tasks are all finished, or belong to the dead, returns soon.
inline void expect_join_returns(Tasks& queue) {
  Child joiner([&] {
    alarm(static_cast<unsigned>(kSoon.count()));
    queue.join();
    return 0;
  });
  EXPECT_EQ(joiner.status(), 0) << "join does not return";
}

}  // namespace psq::test

#endif  // PSQ_TESTS_DEATH_H_
