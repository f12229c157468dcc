#include <gtest/gtest.h>

#include <cstdio>

// A filter that matches no test is an error, not a success.
int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const int result = RUN_ALL_TESTS();
  if (GTEST_FLAG_GET(list_tests)) return result;
  if (testing::UnitTest::GetInstance()->test_to_run_count() == 0) {
    std::fprintf(stderr, "no test ran: look at --gtest_filter\n");
    return 1;
  }
  return result;
}
