#include <gtest/gtest.h>

#include <cmath>

#include "psq/driver/internal/parse_request.h"

namespace psq::driver::internal {
namespace {

const Capabilities& all() {
  static const Capabilities capabilities([] {
    Hello hello;
    for (const auto& [type, unused] : kObjectTypes) {
      for (const VerbWord& verb : kVerbs)
        hello.operations[std::string(type)].emplace_back(verb.word);
    }
    hello.options.assign(kOptions.begin(), kOptions.end());
    hello.limits["item_bytes"] = 64;
    return hello;
  }());
  return capabilities;
}

Request parse(const std::string& line) {
  std::string id;
  return parse_request(line, all(), id);
}

Operation parse_operation_of(const std::string& line) {
  return std::get<ObjectRequest>(parse(line).what).operation;
}

struct Malformed {
  std::string line;
  std::string complaint;  // a part of the message
  std::string id = "1";   // as JSON text
};

class MalformedTest : public ::testing::TestWithParam<Malformed> {};

TEST_P(MalformedTest, IsABadRequestThatSaysWhy) {
  std::string id;
  try {
    (void)parse_request(GetParam().line, all(), id);
    FAIL() << "taken: " << GetParam().line;
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.outcome(), Outcome::kBadRequest);
    EXPECT_NE(std::string(refusal.what()).find(GetParam().complaint), std::string::npos)
        << refusal.what();
    EXPECT_EQ(id, GetParam().id);
  }
}

const std::string kDeep = std::string(300, '[') + std::string(300, ']');

INSTANTIATE_TEST_SUITE_P(
    Lines, MalformedTest,
    ::testing::Values(
        Malformed{"", "not JSON", "null"}, Malformed{"nonsense", "not JSON", "null"},
        Malformed{"{\"id\":1", "not JSON", "null"},
        Malformed{"{\"id\":\"\xff\"}", "not JSON", "null"},
        Malformed{R"({"id":NaN})", "not JSON", "null"},
        Malformed{"[1]", "must be a JSON object", "null"},
        Malformed{"7", "must be a JSON object", "null"}, Malformed{kDeep, "nested deeper", "null"},
        Malformed{R"({"do":"get","on":"q"})", "'id'", "null"},
        Malformed{R"({"id":"1","do":"get","on":"q"})", "'id' must be a number", "null"},
        Malformed{R"({"id":true,"do":"get","on":"q"})", "'id' must be a number", "null"},
        Malformed{R"({"id":1,"do":"drop_process"})", "'on'"},
        Malformed{R"({"id":1,"do":"end_thread"})", "ends by 'end'"},
        Malformed{R"({"id":1,"do":"run","operations":[],"after_exit":true,"thread":"t"})",
                  "done once, on 'main'"},
        Malformed{R"({"id":1,"do":"run","operations":[],"after_exit":true,"before_exit":true})",
                  "done once, on 'main'"},
        Malformed{R"({"id":1})", "'do'"}, Malformed{R"({"id":1,"do":7})", "'do' must be a string"},
        Malformed{R"({"id":1,"do":"fly"})", "knows no 'fly'"},
        Malformed{R"({"id":1,"do":"pause","seconds":1})", "knows no 'pause'"},
        Malformed{R"({"id":1,"do":"get"})", "'on'"},
        Malformed{R"({"id":1,"do":"get","on":["q"]})", "'on' must be a string"},
        Malformed{R"({"id":1,"do":"get","on":"q","thread":3})", "'thread' must be a string"},
        Malformed{R"({"id":1,"do":"get","on":"q","thread":""})", "must not be empty"},
        Malformed{R"({"id":1,"do":"get","on":"q","began":1})", "'began' must be true or false"},
        Malformed{R"({"id":1,"do":"get","on":"q","block":1})", "'block' must be true or false"},
        Malformed{R"({"id":1,"do":"get","on":"q","timeout":"soon"})", "'timeout'"},
        Malformed{R"({"id":1,"do":"put","on":"q"})", "needs a payload"},
        Malformed{R"({"id":1,"do":"put","on":"q","bytes":"00"})", "needs a payload"},
        Malformed{R"({"id":1,"do":"put","on":"q","item":7})", "'item' must be an object"},
        Malformed{R"({"id":1,"do":"put","on":"q","item":{"from":"a","seq":0}})", "'size'"},
        Malformed{R"({"id":1,"do":"put","on":"q","item":{"from":"a","seq":-1,"size":64}})",
                  "'seq'"},
        Malformed{R"({"id":1,"do":"put","on":"q","item":{"from":"a","seq":1.5,"size":64}})",
                  "'seq'"},
        Malformed{R"({"id":1,"do":"put","on":"q","item":{"from":"a","seq":0,"size":63}})",
                  "'size'"},
        Malformed{
            R"({"id":1,"do":"put","on":"q","item":{"from":"a","seq":0,"size":64,"fail":"x"}})",
            "'fail'"},
        Malformed{
            R"({"id":1,"do":"put","on":"q","item":{"from":"a","seq":0,"size":64,"failure":"x"}})",
            "'failure'"},
        Malformed{R"({"id":1,"do":"put","on":"q","item":{"from":"a","seq":0,"size":64,"same":""}})",
                  "'same'"},
        Malformed{R"({"id":1,"do":"put","on":"q","item":{"from":"a","seq":0,"size":64,"slow":1}})",
                  "'slow'"},
        Malformed{R"({"id":1,"do":"send_bytes","on":"c","bytes":"0"})", "hexadecimal"},
        Malformed{R"({"id":1,"do":"send_bytes","on":"c","bytes":"0g"})", "hexadecimal"},
        Malformed{R"({"id":1,"do":"send_bytes","on":"c","json":1})", "needs a payload"},
        Malformed{R"({"id":1,"do":"recv_bytes_into","on":"c"})", "'room'"},
        Malformed{R"({"id":1,"do":"recv_bytes_into","on":"c","room":-1})", "'room'"},
        Malformed{R"({"id":1,"do":"wait","on":"c"})", "'of'"},
        Malformed{R"({"id":1,"do":"create","type":"stack","names":["a"]})", "'type' must be"},
        Malformed{R"({"id":1,"do":"create","type":"connection","names":["a"]})", "'type' must be"},
        Malformed{R"({"id":1,"do":"create","type":"queue","names":[]})", "one name"},
        Malformed{R"({"id":1,"do":"create","type":"queue","names":["a","b"]})", "one name"},
        Malformed{R"({"id":1,"do":"create","type":"pipe","names":["a","a"]})",
                  "two different names"},
        Malformed{R"({"id":1,"do":"create","type":"queue","names":["a"],"maxsize":"1"})",
                  "'maxsize'"},
        Malformed{R"({"id":1,"do":"create","type":"pipe","names":["a","b"],"maxsize":1})",
                  "no 'maxsize'"},
        Malformed{R"({"id":1,"do":"create","type":"queue","names":["a"],"unfinished":1})",
                  "only joinable_queue"},
        Malformed{R"({"id":1,"do":"spawn","name":"root","objects":[]})", "'name'"},
        Malformed{R"({"id":1,"do":"spawn","name":"w"})", "'objects'"},
        Malformed{R"({"id":1,"do":"spawn","name":"w","objects":[1]})", "list of names"},
        Malformed{R"({"id":1,"do":"end","how":"return","thread":"a"})", "'main' only"},
        Malformed{R"({"id":1,"do":"end","how":"softly"})", "'how'"},
        Malformed{R"({"id":1,"do":"end","how":"exit"})", "'status'"},
        Malformed{R"({"id":1,"do":"end","how":"exit","status":256})", "'status'"},
        Malformed{R"({"id":1,"do":"run"})", "'operations'"},
        Malformed{R"({"id":1,"do":"run","operations":[1]})", "operation 0 must be an object"},
        Malformed{R"({"id":1,"do":"run","operations":[{"do":"spawn"}]})", "not done to an object"},
        Malformed{R"({"id":1,"do":"run","operations":[{"do":"pause","seconds":-1}]})", "'seconds'"},
        Malformed{R"({"id":1,"do":"run","operations":[{"do":"get","on":"q","repeat":-1}]})",
                  "'repeat'"},
        Malformed{R"({"id":1,"do":"run","operations":[],"start_at":"now"})", "'start_at'"}));

TEST(ParseTest, TimeoutsKeepTheirMeaning) {
  const auto timeout = [](const std::string& value) {
    return parse_operation_of(R"({"id":1,"do":"get","on":"q","timeout":)" + value + "}").timeout;
  };
  EXPECT_EQ(timeout("0.25"), Seconds{0.25});
  EXPECT_EQ(timeout("-3"), Seconds{-3});
  EXPECT_TRUE(std::isnan(timeout(R"("nan")")->count()));
  EXPECT_TRUE(std::isinf(timeout(R"("inf")")->count()));
  EXPECT_LT(timeout(R"("-inf")")->count(), 0);
  EXPECT_EQ(timeout("null"), std::nullopt);
  EXPECT_EQ(parse_operation_of(R"({"id":1,"do":"get","on":"q"})").timeout, std::nullopt);
  EXPECT_EQ(parse_operation_of(R"({"id":1,"do":"poll","on":"c"})").timeout, Seconds{0});
  EXPECT_EQ(parse_operation_of(R"({"id":1,"do":"poll","on":"c","timeout":null})").timeout,
            std::nullopt);
}

TEST(ParseTest, UnknownFieldsAreIgnored) {
  EXPECT_EQ(parse(R"({"id":1.5,"do":"drop","on":"q","colour":"red"})").id, "1.5");
}

TEST(ParseTest, APayloadIsTakenAsItIs) {
  const auto operation =
      parse_operation_of(R"({"id":1,"do":"put","on":"q","json":{"b":[1,2.5,null,"ä"]}})");
  EXPECT_EQ(JsonValue::parse(std::get<Json>(operation.payload).text),
            JsonValue::parse(R"({"b":[1,2.5,null,"ä"]})"));
  const auto bytes = parse_operation_of(R"({"id":1,"do":"send_bytes","on":"c","bytes":"00fF"})");
  EXPECT_EQ(std::get<Bytes>(bytes.payload).data, std::string("\0\xff", 2));
}

TEST(ParseTest, HugeNumbersAreFarOutNotWrapped) {
  const auto maxsize = [](const std::string& value) {
    return std::get<CreateRequest>(
               parse(R"({"id":1,"do":"create","type":"queue","names":["q"],"maxsize":)" + value +
                     "}")
                   .what)
        .creation.maxsize;
  };
  EXPECT_EQ(maxsize("18446744073709551615"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(maxsize("100000000000000000000"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(maxsize("-100000000000000000000"), std::numeric_limits<std::int64_t>::min());
}

Outcome refused_as(const std::string& line, const Capabilities& capabilities) {
  std::string id;
  try {
    (void)parse_request(line, capabilities, id);
  } catch (const Refusal& refusal) {
    return refusal.outcome();
  }
  return Outcome::kOk;
}

TEST(ParseTest, WhatIsNotDeclaredIsUnsupported) {
  Hello hello;
  hello.operations = {{"queue", {"put", "get"}}};
  const Capabilities few(hello);
  for (
      const std::string line :
      {R"({"id":1,"do":"task_done","on":"q"})", R"({"id":1,"do":"spawn"})",
       R"({"id":1,"do":"kill","on":"w"})", R"({"id":1,"do":"put","on":"q","json":1})",
       R"({"id":1,"do":"create","type":"pipe","names":["a","b"]})",
       R"({"id":1,"do":"put","on":"q","item":{"from":"a","seq":0,"size":64,"fail":"serialize"}})",
       R"({"id":1,"do":"put","on":"q","item":{"from":"a","seq":0,"size":64,"failure":"exit"}})",
       R"({"id":1,"do":"put","on":"q","item":{"from":"a","seq":0,"size":64,"same":"object"}})",
       R"({"id":1,"do":"put","on":"q","item":{"from":"a","seq":0,"size":64,"slow":{"serialize":1}}})",
       R"({"id":1,"do":"create","type":"queue","names":["q"],"unfinished":1})"}) {
    EXPECT_EQ(refused_as(line, few), Outcome::kUnsupported) << line;
  }
  EXPECT_EQ(refused_as(R"({"id":1,"do":"create","type":"queue","names":["q"],"maxsize":1.5})", few),
            Outcome::kWrongType);
}

TEST(ParseTest, BoundsThatAreNotDeclaredAreUnsupported) {
  const std::string without = R"({"id":1,"do":"create","type":"queue","names":["q"]})";
  const std::string with = R"({"id":1,"do":"create","type":"queue","names":["q"],"maxsize":1})";
  Hello hello;
  hello.operations = {{"queue", {"put", "get"}}};
  hello.bounds = {"bounded"};
  EXPECT_EQ(refused_as(without, Capabilities{hello}), Outcome::kUnsupported);
  EXPECT_EQ(refused_as(with, Capabilities{hello}), Outcome::kOk);
  hello.bounds = {"unbounded"};
  EXPECT_EQ(refused_as(without, Capabilities{hello}), Outcome::kOk);
  EXPECT_EQ(refused_as(with, Capabilities{hello}), Outcome::kUnsupported);
}

TEST(CapabilitiesTest, AHelloWithAnUnknownNameIsRefused) {
  Hello hello;
  hello.operations = {{"queue", {"putt"}}};
  EXPECT_THROW(Capabilities{hello}, std::invalid_argument);
  hello.operations = {{"stack", {}}};
  EXPECT_THROW(Capabilities{hello}, std::invalid_argument);
  hello.operations = {};
  hello.options = {"magic"};
  EXPECT_THROW(Capabilities{hello}, std::invalid_argument);
  hello.options = {};
  hello.bounds = {"elastic"};
  EXPECT_THROW(Capabilities{hello}, std::invalid_argument);
}

}  // namespace
}  // namespace psq::driver::internal
