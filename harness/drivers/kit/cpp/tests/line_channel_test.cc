#include "psq/driver/internal/line_channel.h"

#include <gtest/gtest.h>

#include <vector>

namespace psq::driver::internal {
namespace {

std::vector<std::string> split(const std::vector<std::string>& parts) {
  LineSplitter splitter;
  std::vector<std::string> lines;
  for (const std::string& part : parts) {
    splitter.feed(
        part, [&](std::string_view line) { lines.emplace_back(line); },
        [&] { lines.emplace_back("(too long)"); });
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(LineSplitterTest, CutsWhereverTheLinesEnd) {
  EXPECT_EQ(split({"a\nb", "c\n", "\nd"}), (Lines{"a", "bc", ""}));
  EXPECT_EQ(split({"a", "b", "\n"}), (Lines{"ab"}));
  EXPECT_EQ(split({"", "\n\n"}), (Lines{"", ""}));
}

TEST(LineSplitterTest, TheLimitCountsTheEndOfTheLine) {
  const std::string longest(kMaxLine - 1, 'x');
  EXPECT_EQ(split({longest + "\n"}), (Lines{longest}));
  EXPECT_EQ(split({longest + "x\nb\n"}), (Lines{"(too long)", "b"}));
}

TEST(LineSplitterTest, ALongLineInPartsIsReportedOnce) {
  const std::string half(kMaxLine, 'x');
  EXPECT_EQ(split({"a\n" + half, half, half, "\nb\n"}), (Lines{"a", "(too long)", "b"}));
}

}  // namespace
}  // namespace psq::driver::internal
