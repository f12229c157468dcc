#include "psq/fault.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "psq/psq.h"

namespace psq {
namespace {

using namespace std::chrono_literals;

std::string content_of(const char* path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << "cannot read " << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

class FaultTest : public ::testing::Test {
 protected:
  void TearDown() override { set_fault(""); }
};

TEST_F(FaultTest, NoSeamIsInTheNormalLibrary) {
  const std::string normal = content_of(PSQ_NORMAL_LIBRARY);
  const std::string faulty = content_of(PSQ_FAULTY_LIBRARY);
  ASSERT_FALSE(faults().empty());
  for (const FaultInfo& fault : faults()) {
    EXPECT_TRUE(contains(faulty, fault.name)) << "this test does not look at the right place";
    EXPECT_FALSE(contains(normal, fault.name)) << fault.name;
  }
  for (const char* symbol : {"set_fault", "fault_is", "fault_turn", "fault_swap", "fault_again",
                             "fault_shared", "fault_own", "fault_point", "last-written-down"}) {
    EXPECT_TRUE(contains(faulty, symbol)) << "this test does not look at the right place";
    EXPECT_FALSE(contains(normal, symbol)) << symbol;
  }
}

TEST_F(FaultTest, NamesAreUniqueAndDescribed) {
  std::set<std::string_view> names;
  for (const FaultInfo& fault : faults()) {
    EXPECT_TRUE(names.insert(fault.name).second) << fault.name;
    EXPECT_FALSE(fault.clause.empty()) << fault.name;
    EXPECT_FALSE(fault.description.empty()) << fault.name;
  }
}

TEST_F(FaultTest, AnUnknownNameIsRefusedWithTheKnownOnes) {
  try {
    set_fault("no-such-fault");
    FAIL() << "it was taken";
  } catch (const InvalidArgument& error) {
    EXPECT_TRUE(contains(error.what(), "no-such-fault"));
    for (const FaultInfo& fault : faults()) EXPECT_TRUE(contains(error.what(), fault.name));
  }
}

TEST_F(FaultTest, WithoutAFaultTheLibraryIsRight) {
  JoinableQueue<int> queue({.maxsize = 1});
  queue.put(1);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THROW(queue.put(2, 40ms), Full);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 40ms);
  EXPECT_EQ(queue.get(), 1);
  queue.task_done();
  EXPECT_THROW(queue.task_done(), TaskDoneTooOften);
}

TEST_F(FaultTest, AFaultIsOneWayToBeWrong) {
  set_fault("join-does-not-wait");
  JoinableQueue<int> queue;
  queue.put(1);
  queue.join();
  queue.task_done();
  EXPECT_THROW(queue.task_done(), TaskDoneTooOften);
  set_fault("task-done-unchecked");
  EXPECT_NO_THROW(queue.task_done());
}

TEST_F(FaultTest, TheFeederSwapsNeighbours) {
  set_fault("feeder-swaps");
  Queue<int> queue;
  for (int i = 0; i < 1000; ++i) queue.put(i);
  int out_of_place = 0;
  for (int i = 0; i < 1000; ++i) out_of_place += queue.get() == i ? 0 : 1;
  EXPECT_GT(out_of_place, 0);
}

}  // namespace
}  // namespace psq
