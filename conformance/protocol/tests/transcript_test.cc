// What a run of a driver leaves for the evidence of a failure: its steps, and its messages.
#include "protocol/transcript.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "protocol/message.h"
#include "protocol/wire_record.h"

namespace psq::conformance {
namespace {

void add(Transcript& transcript, const std::string& text, const std::string& answer,
         std::chrono::milliseconds took = {}) {
  const std::size_t step = transcript.begin({.process = "root", .thread = "main", .text = text});
  transcript.end(step, answer, took);
}

Transcript many_puts(int count) {
  Transcript transcript;
  add(transcript, "create queue q", "ok");
  for (int i = 0; i < count; ++i) add(transcript, "put q root#" + std::to_string(i), "ok");
  return transcript;
}

TEST(Transcript, FoldsLikeSteps) {
  EXPECT_EQ(many_puts(500).whole(),
            "root\n"
            "create queue q -> ok\n"
            "put q root#0 -> ok\n"
            "  ... 498 like it\n"
            "put q root#499 -> ok\n");
  EXPECT_EQ(many_puts(3).whole().find("like it"), std::string::npos);
}

TEST(Transcript, FoldsNothingThatDiffers) {
  Transcript transcript = many_puts(10);
  add(transcript, "put q root#10", "raised (OSError: [Errno 90] Message too long)");
  for (int i = 11; i < 20; ++i) add(transcript, "put q root#" + std::to_string(i), "full");
  const std::string steps = transcript.whole();
  EXPECT_NE(steps.find("put q root#10 -> raised (OSError: [Errno 90] Message too long)\n"),
            std::string::npos);
  EXPECT_NE(steps.find("  ... 8 like it\n"), std::string::npos);
  EXPECT_NE(steps.find("  ... 7 like it\n"), std::string::npos);
}

TEST(Transcript, NamesTheLongestOfWhatItFolds) {
  Transcript transcript = many_puts(10);
  add(transcript, "put q root#10", "ok", std::chrono::milliseconds{250});
  for (int i = 11; i < 15; ++i) add(transcript, "put q root#" + std::to_string(i), "ok");
  EXPECT_NE(transcript.whole().find("  ... 13 like it, in 250 ms or less each\n"),
            std::string::npos);
}

TEST(Transcript, PointsAtOneOfMany) {
  EXPECT_EQ(many_puts(500).columns(101),
            "root\n"
            "create queue q -> ok\n"
            "put q root#0 -> ok\n"
            "  ... 98 like it\n"
            "put q root#99 -> ok\n"
            "put q root#100 -> ok   <-- here\n"
            "put q root#101 -> ok\n"
            "  ... 397 like it\n"
            "put q root#499 -> ok\n");
}

TEST(Transcript, CutsWhatIsFarAway) {
  Transcript transcript;
  for (int i = 0; i < 40; ++i) {
    add(transcript, "put q root#0", "ok");
    add(transcript, "get q", "ok root#0");
  }
  const std::string shown = transcript.columns(60);
  EXPECT_NE(shown.find("  ... 36 steps before\n"), std::string::npos);
  EXPECT_EQ(std::ranges::count(shown, '\n'), 2 + 24 + 1 + 6);
  EXPECT_EQ(Transcript{}.columns(0), "\n");
}

TEST(Describe, TellsWhatIsInAList) {
  Request list{.operation = Operation::kRun};
  list.arguments.operations.emplace();
  for (std::int64_t seq = 0; seq < 3; ++seq) {
    Request put{.operation = Operation::kPut, .type = ObjectType::kQueue, .on = "q"};
    put.arguments.payload = Item{.from = "root", .seq = seq};
    list.arguments.operations->push_back(put);
  }
  list.arguments.operations->push_back(
      {.operation = Operation::kGet, .type = ObjectType::kQueue, .on = "q"});
  EXPECT_EQ(describe(list), "run [3 times put q, get q]");
}

TEST(Describe, CountsTheOutcomesOfAList) {
  const Answer ok{.outcome = Outcome::kOk};
  const Answer long_one{.outcome = Outcome::kRaised, .error = "OSError: Message too long"};
  EXPECT_EQ(outcomes_of({ok, ok}), "");
  EXPECT_EQ(outcomes_of({ok, long_one, ok, long_one, long_one}),
            ": 2 ok, 3 raised (OSError: Message too long)");
}

TEST(WireRecord, IsAConversation) {
  WireRecord wire;
  wire.received("root", "{\"hello\":1}");
  wire.sent("root", "{\"do\":\"put\"}\n");
  wire.received("root", "\xff");
  EXPECT_EQ(wire.json_lines("a test"),
            "{\"conversation\":\"a test\"}\n"
            "{\"from\":\"root\",\"text\":\"{\\\"hello\\\":1}\"}\n"
            "{\"to\":\"root\",\"text\":\"{\\\"do\\\":\\\"put\\\"}\\n\"}\n"
            "{\"from\":\"root\",\"hex\":\"ff\"}\n");
}

TEST(WireRecord, LeavesOutTheMiddleOfALongOne) {
  WireRecord wire;
  const std::string large(1 << 16, 'x');
  for (int i = 0; i < 100; ++i) wire.sent("root", std::to_string(i) + large);
  const std::string kept = wire.json_lines("a test");
  EXPECT_LT(kept.size(), std::size_t{3} << 20);
  EXPECT_NE(kept.find("\"text\":\"0x"), std::string::npos);
  EXPECT_NE(kept.find("\"text\":\"99x"), std::string::npos);
  EXPECT_NE(kept.find("{\"left_out\":70}\n"), std::string::npos);
}

}  // namespace
}  // namespace psq::conformance
