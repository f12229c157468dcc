// Processes that die with a loan or a view.

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/crash_probes.h"
#include "tests/death.h"
#include "tests/loans.h"

namespace psq::test {
namespace {

constexpr std::size_t kLent = kFillsAChannel;

void expect_lent_item(std::string_view text) { EXPECT_TRUE(text == filled("", kLent, kLent)); }

// A process that puts loans dies where `choose` has told it to. What it put came whole; its slots,
// tasks and places are free.
void expect_dead_lender_leaves_all(const std::function<void()>& choose,
                                   const std::function<void()>& has_loan) {
  Tasks queue{{.maxsize = kBound}};
  Child producer([&]() -> int {
    choose();
    for (;;) {
      (void)queue.loan(kLent);
      Loan loan = filled_loan(queue, kLent);
      has_loan();
      queue.put(std::move(loan));
    }
  });
  while (!producer.has_ended() || !queue.empty()) {
    const auto item = queue.try_get(std::chrono::milliseconds(1));
    if (!item) continue;
    expect_lent_item(*item);
    queue.task_done();
  }
  EXPECT_EQ(producer.status(), -SIGKILL);
  expect_join_returns(queue);
  EXPECT_EQ(finish_tasks(queue), 0);
  await_free_places(queue, kPlaces);
  expect_works(queue);
}

TEST(DeathWithALoan, InAQueue) {
  const EndsOrFails limit;
  for (const char* point :
       {"memory-reserved", "loan-taken", "put-begun", "item-counted", "item-buffered",
        "write-lock-taken", "frame-begun", "extent-named", "extent-released", "frame-written",
        "last-commit-saved", "committed", "extent-given-back"}) {
    // The feeder's thread sends the first item, and may be idle before later ones.
    for (const int times : {1, 4}) {
      if (point == std::string("memory-reserved") && times > 1) continue;
      SCOPED_TRACE(point + std::string(" ") + std::to_string(times));
      expect_dead_lender_leaves_all([&] { die_at(point, times); }, [] {});
    }
  }
}

TEST(DeathWithALoan, WhileItIsFilled) {
  const EndsOrFails limit;
  for (const int times : {1, 4}) {
    int left = times;
    expect_dead_lender_leaves_all([] {},
                                  [&] {
                                    if (--left == 0) raise(SIGKILL);
                                  });
  }
}

TEST(DeathWithALoan, InASimpleQueue) {
  const EndsOrFails limit;
  for (const char* point :
       {"memory-reserved", "loan-taken", "no-room", "write-lock-taken", "frame-begun",
        "extent-named", "extent-released", "frame-written", "last-commit-saved", "committed"}) {
    SCOPED_TRACE(point);
    SimpleQueue<std::string> queue;
    Child producer([&]() -> int {
      die_at(point);
      for (;;) queue.put(filled_loan(queue, kLent));
    });
    EXPECT_EQ(producer.status(), -SIGKILL);
    int got = 0;
    for (; const auto item = queue.try_get(); ++got) expect_lent_item(*item);
    const bool is_visible = point == std::string("committed") || point == std::string("no-room");
    EXPECT_EQ(got, is_visible ? 1 : 0);
    await_free_places(queue, kPlaces);
  }
}

// A process takes a view, after `choose`, and dies. Its item is there as long as the head has not
// moved, and is lost after that; the place is free.
void expect_dead_viewer_leaves_all(bool item_is_there, const std::function<void()>& choose,
                                   const std::function<void()>& has_view) {
  Tasks queue{{.maxsize = kBound}};
  queue.put(filled("", kLent, kLent));
  queue.put("next");
  Child consumer([&] {
    choose();
    View view = queue.get_view(kSoon);
    has_view();
    view.release();
    return 0;
  });
  EXPECT_EQ(consumer.status(), -SIGKILL);
  if (item_is_there) expect_lent_item(queue.get_view(kSoon).text());
  EXPECT_EQ(queue.get(kSoon), "next");
  EXPECT_EQ(finish_tasks(queue), 2);
  await_free_places(queue, kPlaces);
  expect_works(queue);
}

TEST(DeathWithAView, LosesNoOtherItem) {
  const EndsOrFails limit;
  for (const char* point : {"read-lock-taken", "extent-claimed", "head-moved", "slot-freed",
                            "view-taken", "extent-given-back"}) {
    SCOPED_TRACE(point);
    const bool is_there =
        point == std::string("read-lock-taken") || point == std::string("extent-claimed");
    expect_dead_viewer_leaves_all(
        is_there, [&] { die_at(point); }, [] {});
  }
  expect_dead_viewer_leaves_all(
      false, [] {}, [] { raise(SIGKILL); });
}

}  // namespace
}  // namespace psq::test
