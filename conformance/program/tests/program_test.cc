#include "program/program.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <utility>

#include "program/generator.h"
#include "program/shrink.h"

namespace psq::conformance {
namespace {

constexpr std::uint64_t kSeeds = 300;
constexpr std::array kKinds{Kind::kQueue, Kind::kJoinableQueue, Kind::kSimpleQueue, Kind::kPipe,
                            Kind::kDuplexPipe};

template <typename Check>
void for_many(Check&& check) {
  for (const Kind kind : kKinds) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed)
      check(draw_program(seed, {.kind = kind, .kills = seed % 2 == 0, .stops = seed % 3 == 0}));
  }
}

TEST(Generator, TheSameSeedDrawsTheSameProgram) {
  for (const Kind kind : kKinds) {
    EXPECT_EQ(draw_program(7, {.kind = kind}), draw_program(7, {.kind = kind}));
    EXPECT_NE(draw_program(7, {.kind = kind}), draw_program(8, {.kind = kind}));
  }
}

TEST(Generator, StaysWithinItsBounds) {
  for_many([](const Program& program) {
    ASSERT_GT(calls_in(program), 0U);
    ASSERT_GE(program.processes.size(), 1U);
    ASSERT_LE(program.processes.size(), program.stops.empty() ? 4U : 7U);
    for (const ObjectPlan& object : program.objects) ASSERT_LE(object.maxsize, 5);
    for (const Kill& kill : program.kills) ASSERT_LT(kill.process, program.processes.size());
    for (const Stop& stop : program.stops) ASSERT_LT(stop.process, program.processes.size());
    for (const ProcessPlan& process : program.processes) {
      ASSERT_GE(process.threads.size(), 1U);
      ASSERT_LE(process.threads.size(), 4U);
      for (const ThreadPlan& thread : process.threads) {
        ASSERT_FALSE(thread.steps.empty());
        for (const Action& action : thread.steps) {
          ASSERT_GE(action.repeat, 1);
          ASSERT_LT(action.object, program.objects.size());
        }
      }
    }
  });
}

// A connection is not for several threads.
TEST(Generator, OneThreadSendsAndOneReceivesAtEachEndOfAPipe) {
  for_many([](const Program& program) {
    if (!is_pipe(program.objects[0].kind)) return;
    std::map<std::pair<int, bool>, const ThreadPlan*> users;
    for (const ProcessPlan& process : program.processes) {
      for (const ThreadPlan& thread : process.threads) {
        for (const PlannedCall& call : calls_of(thread)) {
          const auto [user, first] = users.try_emplace({call.end, puts(call.operation)}, &thread);
          ASSERT_TRUE(first || user->second == &thread) << in_columns(program);
        }
      }
    }
  });
}

TEST(Generator, DrawsEveryKind) {
  std::map<Kind, int> drawn;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) ++drawn[draw_kind(seed)];
  EXPECT_EQ(drawn.size(), kKinds.size());
}

TEST(Shrinking, OffersOtherProgramsThatStillDoSomething) {
  for_many([](const Program& program) {
    for (const Program& each : smaller(program)) {
      ASSERT_NE(each, program);
      ASSERT_GT(calls_in(each), 0U);
      ASSERT_LE(calls_in(each), calls_in(program));
      for (const Kill& kill : each.kills) ASSERT_LT(kill.process, each.processes.size());
      for (const Stop& stop : each.stops) ASSERT_LT(stop.process, each.processes.size());
    }
  });
}

bool has(const Program& program, Operation operation) {
  for (const ProcessPlan& process : program.processes) {
    for (const ThreadPlan& thread : process.threads) {
      for (const PlannedCall& call : calls_of(thread)) {
        if (call.operation == operation) return true;
      }
    }
  }
  return false;
}

Program one_that_puts_and_gets() {
  std::uint64_t seed = 0;
  while (true) {
    Program program = draw_program(++seed, {.kind = Kind::kQueue});
    if (has(program, Operation::kPut) && has(program, Operation::kGet) && calls_in(program) > 50)
      return program;
  }
}

// It fails every third time only, as programs do.
TEST(Shrinking, FindsTheSmallestOfWhatFailsNowAndThen) {
  int run = 0;
  const auto fails = [&](const Program& program) {
    return has(program, Operation::kPut) && has(program, Operation::kGet) && ++run % 3 == 0;
  };
  Tried tried;
  const Program smallest =
      shrink(one_that_puts_and_gets(), fails, monotonic_now() + std::chrono::seconds{20}, tried);
  EXPECT_EQ(calls_in(smallest), 2U) << in_columns(smallest);
  EXPECT_EQ(tried.runs, 20);
  EXPECT_GT(tried.failed, 3);
  EXPECT_LT(tried.failed, 10);
}

TEST(Pace, StretchesTimeoutsAlone) {
  using std::chrono::milliseconds;
  const auto with = [](Nanoseconds timeout) {
    return Program{
        .objects = {{}},
        .processes = {{.threads = {{.steps = {
                                        {.operation = Operation::kPut, .time = timeout},
                                        {.operation = Operation::kPut, .time = Nanoseconds{0}},
                                        {.operation = Operation::kGet},
                                        {.operation = Operation::kPause, .time = milliseconds{5}},
                                    }}}}}};
  };
  EXPECT_EQ(stretched(with(milliseconds{2}), 1), with(milliseconds{2}));
  EXPECT_EQ(stretched(with(milliseconds{2}), 10), with(milliseconds{20}));
  EXPECT_EQ(longest_time(with(milliseconds{2})), milliseconds{5});
  EXPECT_EQ(longest_time(with(milliseconds{20})), milliseconds{20});
}

TEST(Shrinking, KeepsWhatNeverFailsAgain) {
  const Program program = one_that_puts_and_gets();
  Tried tried;
  const auto never = [](const Program&) { return false; };
  EXPECT_EQ(shrink(program, never, monotonic_now() + std::chrono::seconds{20}, tried), program);
  EXPECT_EQ(tried.failed, 0);
}

TEST(Columns, ShowEveryThread) {
  const Program program{
      .objects = {{.kind = Kind::kQueue, .maxsize = 2}},
      .processes = {
          {.threads = {{.steps = {{.operation = Operation::kPut, .repeat = 3, .size = 9}}},
                       {.steps = {{.operation = Operation::kGet, .time = Nanoseconds{0}}}}}}}};
  EXPECT_EQ(in_columns(program),
            "q: queue, maxsize 2\n"
            "p0 main                       p0 b\n"
            "put q x3 of 9 B               get q without waiting\n");
}

}  // namespace
}  // namespace psq::conformance
