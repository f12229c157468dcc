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

TEST(Decode, SaysWhatIsWrongAndNotWhatTheLibraryCallsIt) {
  EXPECT_TRUE(refusal("debug").starts_with(
      "not a message of spec/driver-protocol.md (parse error at line 1, column 1"));
  EXPECT_EQ(refusal(R"({"hello":1})"),
            "not a message of spec/driver-protocol.md (key 'role' not found); it sent: "
            R"({"hello":1})");
}

std::string hello_with(const std::string& profiles, const std::string& capabilities,
                       const std::string& limits = R"({"item_bytes":1})") {
  return R"({"hello":1,"role":"root","pid":1,"implementation":"i","version":"1","language":"c",)"
         R"("start_method":"fork","profiles":)" +
         profiles + R"(,"capabilities":)" + capabilities + R"(,"limits":)" + limits + "}";
}

TEST(Decode, TakesAHelloOfKnownNames) {
  const Hello hello = decode(hello_with(R"(["base","lifecycle"])",
                                        R"({"operations":{"queue":["put","get"],"process":["create",
                                        "spawn"]},"options":["json"],"bounds":["bounded"]})",
                                        R"({"item_bytes":1,"maxsize":9,"unfinished":9})"))
                          .hello;
  EXPECT_TRUE(hello.declares(ObjectType::kQueue, Operation::kPut));
  EXPECT_FALSE(hello.declares(ObjectType::kQueue, Operation::kQsize));
  EXPECT_EQ(hello.profiles, (std::set<std::string>{"base", "lifecycle"}));
  EXPECT_EQ(hello.bounds, std::set<std::string>{"bounded"});
  const Hello plain = decode(hello_with("[]", R"({"operations":{},"options":[]})")).hello;
  EXPECT_EQ(plain.bounds, (std::set<std::string>{"bounded", "unbounded"}));  // when it names none
}

TEST(Decode, RefusesAHelloWithANameThatIsNotKnown) {
  const std::string none = R"({"operations":{},"options":[]})";
  const auto with_operations = [](const std::string& operations) {
    return R"({"operations":)" + operations + R"(,"options":[]})";
  };
  const std::pair<std::string, std::string> wrong[] = {
      {hello_with(R"(["lifecyle"])", none), "the profile 'lifecyle' (did you mean lifecycle?)"},
      {hello_with("[]", with_operations(R"({"quueue":["put"]})")),
       "the type 'quueue' (did you mean queue?)"},
      {hello_with("[]", with_operations(R"({"queue":["qsise"]})")),
       "the operation on queue 'qsise' (did you mean qsize?)"},
      {hello_with("[]", with_operations(R"({"queue":["poll"]})")), "operation on queue 'poll'"},
      {hello_with("[]", R"({"operations":{},"options":["jsno"]})"),
       "the option 'jsno' (did you mean json?)"},
      {hello_with("[]", R"({"operations":{},"options":[],"bouds":["bounded"]})"),
       "the field of capabilities 'bouds' (did you mean bounds?)"},
      {hello_with("[]", R"({"operations":{},"options":[],"bounds":["bounde"]})"),
       "the bounds 'bounde' (did you mean bounded?)"},
      {hello_with("[]", none, R"({"item_bytes":1,"maxsze":3})"),
       "the limit 'maxsze' (did you mean maxsize?)"},
      {hello_with(R"(["bse","robsut"])", none),
       "'bse' (did you mean base?), the profile 'robsut' (did you mean robust?)"},
  };
  for (const auto& [line, says] : wrong) {
    EXPECT_NE(refusal(line).find(says), std::string::npos) << says << "\n" << refusal(line);
  }
  const std::string long_name(500'000, 'x');
  EXPECT_LT(refusal(hello_with(R"([")" + long_name + R"("])", none)).size(), 1000U);
  EXPECT_EQ(refusal(hello_with(R"(["splendid"])", none)).find("did you mean"), std::string::npos);
}

}  // namespace
}  // namespace psq::conformance
