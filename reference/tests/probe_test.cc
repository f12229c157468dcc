// The probes: no name of one is in the normal library.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace psq::test {
namespace {

std::string content_of(const char* path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << "cannot read " << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Probes, AreNotInTheNormalLibrary) {
  const std::string normal = content_of(PSQ_NORMAL_LIBRARY);
  const std::string with_probes = content_of(PSQ_CRASH_LIBRARY);
  for (const char* point : {"last-commit-saved", "record-opened", "extent-read", "slot-freed"}) {
    EXPECT_NE(with_probes.find(point), std::string::npos) << "the test looks at the wrong place";
    EXPECT_EQ(normal.find(point), std::string::npos) << point;
  }
  for (const char* decision : {"items.gone", "item.sent-at-once"})
    EXPECT_EQ(normal.find(decision), std::string::npos) << decision;
}

}  // namespace
}  // namespace psq::test
