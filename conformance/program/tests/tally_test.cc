// Which ends of a pipe are free for the helper of a run.
#include "program/tally.h"

#include <gtest/gtest.h>

namespace psq::conformance {
namespace {

constexpr Lane kFirst{.object = 0, .sender = 1};
constexpr Lane kBack{.object = 0, .sender = 0};

PlannedCall call_at(Operation operation, int end) {
  return {.operation = operation, .object = 0, .end = end, .time = kNoEnd};
}

class EndsOfAPipe : public testing::Test {
 protected:
  void ends(bool sender, bool receiver) {
    sends_.answer = sender ? std::optional<Answer>{Answer{}} : std::nullopt;
    receives_.answer = receiver ? std::optional<Answer>{Answer{}} : std::nullopt;
  }

  Program program_{.objects = {{.kind = Kind::kDuplexPipe}}, .processes = {}};
  Call sends_;
  Call receives_;
  // It receives nothing yet, and will.
  std::vector<Running> threads_{
      {.call = &sends_, .calls = {call_at(Operation::kSend, 1)}},
      {.call = &receives_, .calls = {call_at(Operation::kPoll, 0), call_at(Operation::kRecv, 0)}}};
};

TEST_F(EndsOfAPipe, BelongToTheirUsersUntilThoseHaveEnded) {
  ends(false, false);
  EXPECT_TRUE(has_sender(program_, threads_, kFirst));
  EXPECT_TRUE(has_receiver(program_, threads_, kFirst));
  ends(true, false);
  EXPECT_FALSE(has_sender(program_, threads_, kFirst));
  EXPECT_TRUE(has_receiver(program_, threads_, kFirst));
  ends(false, true);
  EXPECT_TRUE(has_sender(program_, threads_, kFirst));
  EXPECT_FALSE(has_receiver(program_, threads_, kFirst));
}

TEST_F(EndsOfAPipe, BelongToThemAlsoBetweenTheirCalls) {
  receives_.events.resize(2);  // every call was made, and the list has not ended
  EXPECT_TRUE(has_receiver(program_, threads_, kFirst));
}

TEST_F(EndsOfAPipe, AreFreeInTheOtherDirection) {
  EXPECT_FALSE(has_sender(program_, threads_, kBack));
  EXPECT_FALSE(has_receiver(program_, threads_, kBack));
}

// The driver tells of a get before it tells of the put whose item that obtained: then no item is
// left, and who takes one more waits for ever.
TEST(ItemsInTheWay, AreNoneWhenTheLastOneWasObtained) {
  const Tally obtained{.put = 352, .got = 353, .putting = 1, .to_put = 1};
  EXPECT_EQ(obtained.in_the_way(), 0);
  const Tally one_more{.put = 352, .got = 354, .putting = 2, .to_put = 1};
  EXPECT_EQ(one_more.in_the_way(), 0);
  const Tally left{.put = 352, .got = 350, .putting = 1, .to_put = 3};
  EXPECT_EQ(left.in_the_way(), 5);
}

// The threads of another process while one is stopped.
class BesideAStop : public testing::Test {
 protected:
  static PlannedCall call(Operation operation) {
    return {.operation = operation, .object = 0, .end = 0, .time = kNoEnd};
  }
  static Call ended(int calls) {
    Call call;
    call.events.resize(static_cast<std::size_t>(calls));
    for (Answer& answer : call.events) answer.outcome = Outcome::kOk;
    return call;
  }

  // A stopped process in a call, and another one in a get, after what both have put and got.
  [[nodiscard]] bool is_get_owed(Kind kind, Operation stopped_in, int put_by_stopped,
                                 int put_by_other) {
    Call stopped = ended(put_by_stopped);
    std::vector<PlannedCall> its(static_cast<std::size_t>(put_by_stopped), call(Operation::kPut));
    its.push_back(call(stopped_in));
    Call putter = ended(put_by_other);
    putter.answer = Answer{};
    Call getter;
    const std::vector<Running> threads{
        {.process = 0, .call = &stopped, .calls = its},
        {.process = 1,
         .call = &putter,
         .calls = {static_cast<std::size_t>(put_by_other), call(Operation::kPut)}},
        {.process = 1, .call = &getter, .calls = {call(Operation::kGet)}}};
    const Program program{.objects = {{.kind = kind}}, .processes = {}};
    return owed_beside(program, threads, {.object = 0, .sender = 0}, 0).thread != nullptr;
  }
};

TEST_F(BesideAStop, WhatOthersPutIsOwedToThem) {
  EXPECT_TRUE(is_get_owed(Kind::kQueue, Operation::kPut, 0, 1));
  EXPECT_FALSE(is_get_owed(Kind::kQueue, Operation::kPut, 0, 0));
}

TEST_F(BesideAStop, AStoppedGetMayHaveAnItem) {
  EXPECT_FALSE(is_get_owed(Kind::kQueue, Operation::kGet, 0, 1));
  EXPECT_TRUE(is_get_owed(Kind::kQueue, Operation::kGet, 0, 2));
}

TEST_F(BesideAStop, WhatAStoppedFeederHoldsIsNotThere) {
  EXPECT_FALSE(is_get_owed(Kind::kQueue, Operation::kPut, 1, 0));
  EXPECT_TRUE(is_get_owed(Kind::kSimpleQueue, Operation::kPut, 1, 0));
}

}  // namespace
}  // namespace psq::conformance
