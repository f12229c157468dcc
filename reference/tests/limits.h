// How long the tests wait for what should end: long enough for a machine that is busy with other
// things. How late a survivor may be is what the conformance suite judges, on a clock that leaves
// out what the machine withholds.

#ifndef PSQ_TESTS_LIMITS_H_
#define PSQ_TESTS_LIMITS_H_

#include <chrono>

namespace psq::test {

// A single call that does not end by then hangs.
inline constexpr std::chrono::seconds kSoon{60};

// A process that hangs is gone by then: in seconds, for alarm(). Less than ctest gives a test.
inline constexpr unsigned kLongestLife = 280;

}  // namespace psq::test

#endif  // PSQ_TESTS_LIMITS_H_
