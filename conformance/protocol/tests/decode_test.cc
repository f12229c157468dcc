// Messages that a driver should not send: each is a DriverError, whatever a JSON library makes of
// it.
#include <gtest/gtest.h>

#include <string>

#include "protocol/message.h"

namespace psq::conformance {
namespace {

std::string refusal(const std::string& line) {
  try {
    static_cast<void>(decode(line));
  } catch (const DriverError& error) {
    return error.what();
  }
  return "was taken";
}

std::string answer_of(const std::string& value) {
  return R"({"id":1,"outcome":"ok","value":)" + value + "}";
}

TEST(Decode, TakesTheWholeRangeOfItsNumbers) {
  EXPECT_EQ(decode(answer_of("9223372036854775807")).answer.value.number, INT64_MAX);
  EXPECT_EQ(decode(answer_of("-9223372036854775808")).answer.value.number, INT64_MIN);
  EXPECT_EQ(decode(R"({"began":1,"tid":2147483647,"at":1})").began.tid, INT32_MAX);
}

TEST(Decode, TakesAWholeNumberHoweverItIsWritten) {
  EXPECT_EQ(decode(R"({"id":3.0,"outcome":"ok"})").id, 3);
  EXPECT_EQ(decode(R"({"id":2e2,"outcome":"ok"})").id, 200);
}

TEST(Decode, RefusesNumbersThatDoNotFit) {
  for (const std::string id : {"1e300", "-1e300", "18446744073709551615", "9223372036854775808",
                               "0.5", "true", "\"1\"", "1e17"}) {
    const auto said = refusal(R"({"id":)" + id + R"(,"outcome":"ok"})");
    EXPECT_NE(said.find("expected a whole number of 64 bits"), std::string::npos) << said;
  }
  EXPECT_NE(refusal(R"({"began":1,"tid":2147483648,"at":1})").find("of 32 bits"),
            std::string::npos);
  EXPECT_NE(refusal(answer_of("18446744073709551615")).find("64 bits"), std::string::npos);
}

TEST(Decode, RefusesDeepNesting) {
  constexpr std::size_t kFarBeyondTheStack = 400'000;
  for (const auto& [open, close] : {std::pair{"[", "]"}, {R"({"a":)", "}"}}) {
    std::string line = R"({"id":1,"outcome":"ok","value":{"json":)";
    for (std::size_t depth = 0; depth < kFarBeyondTheStack; ++depth) line += open;
    EXPECT_NE(refusal(line).find("nested more than 100 deep"), std::string::npos);
    line += "0";
    for (std::size_t depth = 0; depth < kFarBeyondTheStack; ++depth) line += close;
    EXPECT_NE(refusal(line + "}}").find("nested more than 100 deep"), std::string::npos);
  }
  EXPECT_EQ(refusal(answer_of(R"({"json":)" + std::string(90, '[') + std::string(90, ']') + "}")),
            "was taken");
}

TEST(Decode, RefusesBytesThatAreNoText) {
  for (const std::string& line : {std::string{"\xff\xfe"}, std::string(3, '\0'), std::string{},
                                  std::string{R"({"id":1,"outcome":")"} + "\xc3\x28" + "\"}"}) {
    EXPECT_NE(refusal(line).find("not a message of spec/driver-protocol.md"), std::string::npos);
  }
}

}  // namespace
}  // namespace psq::conformance
