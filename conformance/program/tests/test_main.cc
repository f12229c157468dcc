// A selection that matches nothing is no success.
#include <gtest/gtest.h>

#include <iostream>

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const int status = RUN_ALL_TESTS();
  const auto& suite = *testing::UnitTest::GetInstance();
  if (status != 0 || testing::GTEST_FLAG(list_tests) || suite.test_to_run_count() > 0)
    return status;
  std::cerr << "psq-program-tests: no test matches the filter\n";
  return 1;
}
