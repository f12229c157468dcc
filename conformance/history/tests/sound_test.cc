// The checkers that look at one thing each never blame a history that some order of its operations
// explains: held against exhaustive search on random ones. And they find most that none explains.
#include <iostream>

#include "history/tests/exhaustive.h"
#include "history/tests/expect.h"

namespace psq::history {
namespace {

constexpr int kSoundHistories = 100'000;
constexpr std::int64_t kMaxsize = 2;

TEST(Sound, NoFalseAlarmOnQueuesWithTasks) {
  Random random{11};
  const auto step = step_bag(kMaxsize);
  int holds = 0;
  int wrong = 0;
  int found = 0;
  for (int i = 0; i < kSoundHistories; ++i) {
    const auto history = random_task_history(random, kMaxsize, 8);
    const bool explained = can_be(history, step);
    ++(explained ? holds : wrong);
    bool alarm = false;
    for (const auto& finding : check_all(history)) {
      expect_clauses_exist(finding);
      // One bag of items has no order; every other kind has the model's order.
      if (finding.checker == "producer-order" || finding.checker == "nothing-lost") continue;
      if (finding.checker == "timeouts") continue;
      ASSERT_NE(finding.judgment, Judgment::kUnknown);
      if (finding.judgment == Judgment::kHolds) continue;
      alarm = true;
      ASSERT_FALSE(explained) << finding.checker << ": " << finding.why << '\n' << to_text(history);
    }
    if (!explained && alarm) ++found;
  }
  std::cout << kSoundHistories << " histories: " << holds << " can be explained, " << wrong
            << " can not; of these " << found << " were found\n";
  EXPECT_GE(holds, kSoundHistories / 5);
  EXPECT_GE(wrong, kSoundHistories / 5);
  EXPECT_GE(found, wrong / 2);
}

}  // namespace
}  // namespace psq::history
