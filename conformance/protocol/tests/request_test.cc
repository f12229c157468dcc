// A typed request becomes the line that spec/operations.md describes, and no other.
#include "protocol/request.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "protocol/message.h"

namespace psq::conformance {
namespace {

Request put(ObjectType type) {
  Request request{.operation = Operation::kPut, .type = type, .on = "q"};
  request.arguments.payload = Item{.from = "main", .seq = 3, .size = 200};
  return request;
}

Request with(Request request, Timeout timeout) {
  request.arguments.timeout = timeout;
  return request;
}

Request list_of(std::vector<Request> elements) {
  Request request{.operation = Operation::kRun};
  request.arguments.operations = std::move(elements);
  return request;
}

TEST(Encode, WritesTheFieldsThatAreThere) {
  Request request = put(ObjectType::kQueue).by("a");
  request.arguments.block = false;
  EXPECT_EQ(encode(request, 7),
            "{\"began\":true,\"block\":false,\"do\":\"put\",\"id\":7,"
            "\"item\":{\"from\":\"main\",\"seq\":3,\"size\":200},\"on\":\"q\",\"thread\":\"a\"}\n");
}

TEST(Encode, WritesEachPayloadUnderItsOwnName) {
  Request request = put(ObjectType::kQueue);
  request.arguments.payload = Json{"[1, null]"};
  EXPECT_NE(encode(request, 1).find("\"json\":[1,null]"), std::string::npos);
  request = {.operation = Operation::kSendBytes, .type = ObjectType::kConnection, .on = "a"};
  request.arguments.payload = Bytes{"6869"};
  EXPECT_NE(encode(request, 1).find("\"bytes\":\"6869\""), std::string::npos);
}

TEST(Encode, WritesTimeoutsThatJsonHasNoNumberFor) {
  const auto written = [](Timeout timeout) {
    const std::string line = encode(with(put(ObjectType::kQueue), timeout), 1);
    const auto at = line.find("\"timeout\":") + 10;
    return line.substr(at, line.find('}', at) - at);
  };
  EXPECT_EQ(written({0.25}), "0.25");
  EXPECT_EQ(written({}), "null");
  EXPECT_EQ(written({NAN}), "\"nan\"");
  EXPECT_EQ(written({HUGE_VAL}), "\"inf\"");
  EXPECT_EQ(written({-HUGE_VAL}), "\"-inf\"");
}

TEST(Encode, WritesAListWithItsRepetitions) {
  const Request list = list_of({put(ObjectType::kSimpleQueue).repeated(5)}).stopping_on_error();
  const std::string line = encode(list, 1);
  EXPECT_NE(line.find("\"operations\":[{\"do\":\"put\""), std::string::npos) << line;
  EXPECT_NE(line.find("\"repeat\":5"), std::string::npos) << line;
  EXPECT_NE(line.find("\"stop_on_error\":true"), std::string::npos) << line;
}

TEST(Check, TakesWhatTheTablesHave) {
  EXPECT_NO_THROW(check(put(ObjectType::kJoinableQueue)));
  EXPECT_NO_THROW(check(with(put(ObjectType::kQueue), {1.0})));
  EXPECT_NO_THROW(check(list_of({})));
}

TEST(Check, RefusesAnOperationOfAnotherType) {
  EXPECT_THROW(check(put(ObjectType::kConnection)), std::logic_error);
}

TEST(Check, RefusesAFieldThatTheOperationDoesNotHave) {
  EXPECT_THROW(check(with(put(ObjectType::kSimpleQueue), {1.0})), std::logic_error);
}

TEST(Check, RefusesARequestThatLacksAField) {
  Request request = put(ObjectType::kQueue);
  request.arguments.payload.reset();
  EXPECT_THROW(check(request), std::logic_error);
  EXPECT_THROW(check({.operation = Operation::kSpawn}), std::logic_error);
}

TEST(Check, RefusesARequestThatIsDoneToNothing) {
  Request request = put(ObjectType::kQueue);
  request.on.clear();
  EXPECT_THROW(check(request), std::logic_error);
}

TEST(Check, LooksAtTheElementsOfAList) {
  EXPECT_THROW(encode(list_of({put(ObjectType::kConnection)}), 1), std::logic_error);
}

TEST(Describe, ReadsAsAPersonWritesIt) {
  EXPECT_EQ(describe(with(put(ObjectType::kQueue), {0.2})), "put q main#3(200 B) timeout 0.2");
  Request creation{.operation = Operation::kCreate};
  creation.arguments.type = CreatedType::kPipe;
  creation.arguments.names = {"a", "b"};
  creation.arguments.duplex = false;
  EXPECT_EQ(describe(creation), "create pipe a,b duplex false");
}

std::string answer_with(const std::string& outcome) {
  return "{\"id\":1,\"outcome\":\"" + outcome + "\"}";
}

TEST(Decode, TakesTheOutcomesOfDriversAlone) {
  EXPECT_EQ(decode(answer_with("count_overflow")).answer.outcome, Outcome::kCountOverflow);
  for (const char* other : {"splendid", "crashed", "killed", "refused"})
    EXPECT_THROW(static_cast<void>(decode(answer_with(other))), DriverError) << other;
}

}  // namespace
}  // namespace psq::conformance
