// Loans and views of items.

#include "psq/loan.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <list>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "psq/psq.h"
#include "src/clock.h"
#include "tests/child.h"
#include "tests/loans.h"

namespace psq::test {
namespace {

using namespace std::chrono_literals;

// A loan that was moved from, or put, is empty, and stays as it was when its put fails.
// NOLINTBEGIN(bugprone-use-after-move)

constexpr std::size_t kSizes[] = {0, 1, 15, 16'376, 16'377, 65'536, 1 << 20, (5 << 20) + 1};

template <typename Q>
class Lending : public testing::Test {};
using LendingQueues =
    testing::Types<Queue<std::string>, JoinableQueue<std::string>, SimpleQueue<std::string>>;
TYPED_TEST_SUITE(Lending, LendingQueues);

TYPED_TEST(Lending, ItemsOfEachSizeArriveWhole) {
  TypeParam queue;
  Child producer([&] {
    for (const std::size_t size : kSizes) {
      for (int times = 0; times < 2; ++times) queue.put(filled_loan(queue, size));
      queue.put(filled("", size, size));
    }
    if constexpr (requires { queue.join_thread(); }) {
      queue.close();
      queue.join_thread();
    }
    return 0;
  });
  for (const std::size_t size : kSizes) {
    SCOPED_TRACE(size);
    const std::string expected = filled("", size, size);
    EXPECT_TRUE(queue.get_view(kSoon).text() == expected);
    EXPECT_TRUE(queue.get(kSoon) == expected);
    EXPECT_TRUE(queue.get_view(kSoon).text() == expected);
  }
  EXPECT_EQ(producer.status(), 0);
  EXPECT_FALSE(queue.try_get_view());
}

TYPED_TEST(Lending, NothingIsPutOfALoanThatIsGivenBack) {
  TypeParam queue;
  Loan released = filled_loan(queue, 100'000);
  released.release();
  EXPECT_TRUE(released.bytes().empty());
  EXPECT_THROW(queue.put(std::move(released)), InvalidArgument);
  { const Loan dropped = filled_loan(queue, 100'000); }
  EXPECT_TRUE(queue.empty());
  await_free_places(queue, kPlaces);
}

TYPED_TEST(Lending, ALoanOrViewThatIsMovedIsTheSame) {
  TypeParam queue;
  Loan first = filled_loan(queue, 100'000);
  Loan second = std::move(first);
  EXPECT_THROW(queue.put(std::move(first)), InvalidArgument);
  queue.put(std::move(second));
  EXPECT_THROW(queue.put(std::move(second)), InvalidArgument);
  View view = queue.get_view(kSoon);
  View moved = std::move(view);
  EXPECT_TRUE(view.bytes().empty());
  EXPECT_TRUE(moved.text() == filled("", 100'000, 100'000));
  moved.release();
  EXPECT_TRUE(moved.bytes().empty());
  await_free_places(queue, kPlaces);
}

TYPED_TEST(Lending, APutIntoAnotherQueueLeavesTheLoan) {
  TypeParam queue;
  TypeParam other;
  for (const std::size_t size : {10, 100'000}) {
    Loan loan = filled_loan(queue, size);
    EXPECT_THROW(other.put(std::move(loan)), InvalidArgument);
    queue.put(std::move(loan));
    EXPECT_TRUE(queue.get(kSoon) == filled("", size, size));
  }
}

// The bytes of the view are those of the loan. A copy would stand in the lower place, which is free
// by then. A queue copies while its feeder is busy.
TYPED_TEST(Lending, NoByteIsCopied) {
  TypeParam queue;
  await([&] {
    Loan lower = queue.loan(100'000);
    Loan loan = queue.loan(100'000);
    const auto* const bytes = loan.bytes().data();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes) % 4096, 0U);
    lower.release();
    queue.put(std::move(loan));
    return queue.get_view(kSoon).bytes().data() == bytes;
  });
}

TYPED_TEST(Lending, AViewStaysAsItIsWhileOthersPass) {
  TypeParam queue;
  std::list<View> views;
  for (std::size_t i = 0; i < 50; ++i) {
    queue.put(filled_loan(queue, 20'000 + i * 10'000));
    if (i % 2 == 0)
      views.push_back(queue.get_view(kSoon));
    else
      EXPECT_TRUE(queue.get(kSoon) == filled("", 20'000 + i * 10'000, 20'000 + i * 10'000));
  }
  for (const View& view : views)
    EXPECT_TRUE(view.text() == filled("", view.bytes().size(), view.bytes().size()));
  views.clear();
  await_free_places(queue, kPlaces);
}

TYPED_TEST(Lending, WaitsWhileAllPlacesAreInUse) {
  TypeParam queue;
  {
    std::list<Loan> loans;
    for (std::size_t i = 0; i < kPlaces; ++i) loans.push_back(queue.loan(kLong));
    EXPECT_FALSE(queue.try_loan(kLong));
    const auto begin = detail::Clock::now();
    EXPECT_THROW((void)queue.loan(kLong, 80ms), Full);  // It looks for a close every 50 ms.
    EXPECT_GE(detail::Clock::now() - begin, 80ms);
    EXPECT_TRUE(queue.try_loan(100)) << "a short one needs no place";
    std::jthread later([&queue, own = kLong] { EXPECT_EQ(queue.loan(own).bytes().size(), own); });
    std::this_thread::sleep_for(5ms);
    loans.pop_front();
    later.join();
    loans.push_back(queue.loan(kLong));
    std::jthread closer([&queue] {
      std::this_thread::sleep_for(5ms);
      queue.close();
    });
    EXPECT_THROW((void)queue.loan(kLong), Closed);
  }
}

TYPED_TEST(Lending, OutlivesTheQueueAndItsClose) {
  std::optional<TypeParam> queue{std::in_place};
  queue->put(filled_loan(*queue, 100'000));
  const View view = queue->get_view(kSoon);
  Loan loan = filled_loan(*queue, 100'000);
  queue->close();
  EXPECT_THROW((void)queue->loan(1), Closed);
  EXPECT_THROW((void)queue->get_view(), Closed);
  EXPECT_THROW(queue->put(std::move(loan)), Closed);
  queue.reset();
  EXPECT_TRUE(view.text() == filled("", 100'000, 100'000));
  EXPECT_TRUE(std::ranges::equal(loan.bytes(), view.bytes()));
}

TYPED_TEST(Lending, BelongsToAThread) {
  TypeParam queue;
  std::list<Loan> loans;
  for (int i = 0; i < 3; ++i) loans.push_back(filled_loan(queue, 100'000));
  std::jthread([&] {
    for (const std::size_t size : {10, 100'000}) {
      Loan own = filled_loan(queue, size);
      queue.put(std::move(own));
      EXPECT_TRUE(queue.get(kSoon) == filled("", size, size));
    }
    EXPECT_THROW(queue.put(std::move(loans.front())), InvalidArgument);
    loans.pop_back();  // Given back as the first thread ends, which is not yet.
  }).join();
  EXPECT_TRUE(std::ranges::equal(loans.front().bytes(), loans.back().bytes()));
  // A thread that ends gives back what another thread has destroyed.
  std::optional<Loan> passed;
  std::jthread([&] {
    passed = queue.loan(100'000);
    std::jthread([&] { passed.reset(); }).join();
  }).join();
  await_free_places(queue, kPlaces - 3);
}

TYPED_TEST(Lending, OfAParentIsNotTheChilds) {
  TypeParam queue;
  std::optional<Loan> loan = filled_loan(queue, 100'000);
  queue.put(filled_loan(queue, 200'000));
  std::optional<View> view = queue.get_view(kSoon);
  Child child([&] {
    try {
      queue.put(*std::move(loan));
      return 1;
    } catch (const InvalidArgument&) {
    }
    loan.reset();
    view.reset();
    await_free_places(queue, kPlaces - 2);
    return testing::Test::HasFailure() ? 2 : 0;
  });
  EXPECT_EQ(child.status(), 0);
  EXPECT_TRUE(view->text() == filled("", 200'000, 200'000));
  queue.put(*std::move(loan));
  EXPECT_TRUE(queue.get(kSoon) == filled("", 100'000, 100'000));
  view.reset();
  loan.reset();
  await_free_places(queue, kPlaces);
}

TYPED_TEST(Lending, MoreThanTheMemoryIsRefused) {
  TypeParam queue;
  for (const std::size_t length : {SIZE_MAX, SIZE_MAX / 2, std::size_t{1} << 46})
    EXPECT_THROW((void)queue.loan(length), SystemError);
  await_free_places(queue, kPlaces);
}

TEST(LoanOfASimpleQueue, KeepsTheLoanWhenThereIsNoRoom) {
  SimpleQueue<std::string> queue;
  int put = 0;
  while (queue.try_put(std::string(100'000, 'x'))) ++put;
  Loan loan = filled_loan(queue, 100'000);
  EXPECT_FALSE(queue.try_put(std::move(loan)));
  const auto begin = detail::Clock::now();
  EXPECT_THROW(queue.put(std::move(loan), 30ms), Full);
  EXPECT_GE(detail::Clock::now() - begin, 30ms);
  (void)queue.get();
  queue.put(std::move(loan));
  for (int i = 1; i < put; ++i) EXPECT_EQ(queue.get().front(), 'x');
  EXPECT_TRUE(queue.get() == filled("", 100'000, 100'000));
}

// The places of long items overlap those of earlier ones in each way, and some memory is kept.
TEST(LoanOfASimpleQueue, HasItsOwnBytesInMemoryThatIsUsedAgain) {
  SimpleQueue<std::string> queue;
  std::minstd_rand random(1);
  std::list<std::pair<View, std::byte>> views;
  for (int i = 0; i < 30; ++i) {
    Loan loan = queue.loan(kLong + random() % (12 << 20), kSoon);
    std::memset(loan.bytes().data(), i, loan.bytes().size());
    queue.put(std::move(loan));
    views.emplace_back(queue.get_view(kSoon), std::byte(i));
    while (views.size() > 3 || (views.size() > 1 && random() % 2 == 0)) {
      const auto& [view, byte] = views.front();
      const auto bytes = view.bytes();
      EXPECT_EQ(bytes.front(), byte);
      EXPECT_EQ(std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1), 0);
      views.pop_front();
    }
  }
}

// Each reaches a little further than the one before, behind the end of the file.
TEST(LoanOfASimpleQueue, HasMemoryBesideThatWhichIsUsedAgain) {
  Child program([] {
    SimpleQueue<std::string> queue;
    for (std::size_t length = 8 << 20; length < 9 << 20; length += 100'000) {
      Loan loan = queue.loan(length);
      std::memset(loan.bytes().data(), 1, length);
      queue.put(std::move(loan));
      (void)queue.get_view();
    }
    return 0;
  });
  EXPECT_EQ(program.status(), 0);
}

// A byte without memory would end the process with SIGBUS when it is filled.
TEST(LoanOfASimpleQueue, IsRefusedWhenTheSystemHasNoMemoryForIt) {
  Child program([] {
    SimpleQueue<std::string> queue;
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    const rlimit small{4096, limit.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    for (const std::size_t length : {20'000, 5 << 20})
      EXPECT_THROW(filled_loan(queue, length), SystemError);
    setrlimit(RLIMIT_FSIZE, &limit);
    await_free_places(queue, kPlaces);
    queue.put(filled_loan(queue, 5 << 20));
    EXPECT_TRUE(queue.get() == filled("", 5 << 20, 5 << 20));
    return testing::Test::HasFailure() ? 1 : 0;
  });
  EXPECT_EQ(program.status(), 0);
}

// The thread that took it still has its lock, which stands in the memory of the queue.
TEST(LoanOfASimpleQueue, MayEndWithItsQueueInAnotherThread) {
  std::jthread([] {
    SimpleQueue<std::string> next;  // It is elsewhere in memory, because both exist at once.
    std::optional<SimpleQueue<std::string>> queue{std::in_place};
    std::optional<Loan> loan = queue->loan(100'000);
    std::jthread([&] {
      loan.reset();
      queue.reset();
    }).join();
    next.put(filled_loan(next, 100'000));
    EXPECT_TRUE(next.get() == filled("", 100'000, 100'000));
  }).join();
}

// They wait in the buffer as copies, in order with other items, and their places are free.
TEST(LoanOfAQueue, WaitsInTheBufferAsACopy) {
  Queue<std::string> queue;
  constexpr std::size_t kItems = 40;
  for (std::size_t i = 0; i < kItems; ++i) {
    const auto size = 100'000 + i;
    if (i % 3 == 0)
      queue.put(filled("", size, size));
    else
      queue.put(filled_loan(queue, size));
  }
  for (std::size_t i = 0; i < kItems; ++i)
    EXPECT_TRUE(queue.get(kSoon) == filled("", 100'000 + i, 100'000 + i)) << i;
  await_free_places(queue, kPlaces);
}

TEST(LoanOfAQueue, WaitsForASlotWhenItIsPut) {
  JoinableQueue<std::string> queue{{.maxsize = 1}};
  queue.put("first");
  Loan loan = filled_loan(queue, 100'000);
  EXPECT_FALSE(queue.try_put(std::move(loan)));
  EXPECT_THROW(queue.put(std::move(loan), 5ms), Full);
  EXPECT_EQ(queue.get(kSoon), "first");
  queue.put(std::move(loan));
  EXPECT_TRUE(queue.full());
  const View view = queue.get_view(kSoon);
  EXPECT_FALSE(queue.full()) << "a view keeps a slot";
  queue.task_done();
  queue.task_done();
  EXPECT_TRUE(queue.try_join());
}

TEST(LoanOfAQueue, AViewOfTheLastItemEndsTheReadySignal) {
  Queue<std::string> queue;
  pollfd ready{.fd = queue.fd(), .events = POLLIN, .revents = 0};
  queue.put(filled_loan(queue, 100'000));
  EXPECT_EQ(poll(&ready, 1, static_cast<int>(kSoon / 1ms)), 1);
  const View view = queue.get_view();
  EXPECT_EQ(poll(&ready, 1, 0), 0);
}

TEST(LoanOfBytes, IsTheVector) {
  SimpleQueue<std::vector<std::byte>> queue;
  Loan loan = queue.loan(30'000);
  std::ranges::fill(loan.bytes(), std::byte{7});
  queue.put(std::move(loan));
  EXPECT_EQ(queue.get(), std::vector(30'000, std::byte{7}));
}

// NOLINTEND(bugprone-use-after-move)

}  // namespace
}  // namespace psq::test
