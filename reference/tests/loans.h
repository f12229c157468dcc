// What the tests of loans share.

#ifndef PSQ_TESTS_LOANS_H_
#define PSQ_TESTS_LOANS_H_

#include <gtest/gtest.h>

#include <cstring>
#include <list>
#include <string>
#include <utility>

#include "psq/psq.h"
#include "tests/child.h"
#include "tests/filler.h"
#include "tests/limits.h"

namespace psq::test {

// The places for long items that a queue has, and the length of a long item.
inline constexpr std::size_t kPlaces = 256;
inline constexpr std::size_t kLong = 17'000;

// A loan with the bytes of `filled`.
template <typename Q>
Loan filled_loan(Q& queue, std::size_t size) {
  Loan loan = queue.loan(size, kSoon);
  EXPECT_EQ(loan.bytes().size(), size);
  const std::string text = filled("", size, size);
  if (size > 0) std::memcpy(loan.bytes().data(), text.data(), size);
  return loan;
}

// How many places a queue has that no item, loan or view takes now.
template <typename Q>
std::size_t free_places(Q& queue) {
  std::list<Loan> loans;
  while (auto loan = queue.try_loan(kLong)) loans.push_back(*std::move(loan));
  return loans.size();
}

// Waits until there are as many. A feeder that has sent an item may still hold a lock.
template <typename Q>
void await_free_places(Q& queue, std::size_t count) {
  await([&] { return free_places(queue) == count; });
}

}  // namespace psq::test

#endif  // PSQ_TESTS_LOANS_H_
