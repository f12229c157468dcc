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

}  // namespace
}  // namespace psq::conformance
