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

}  // namespace
}  // namespace psq::conformance
