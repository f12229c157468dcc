// The kit's process over a real driver: threads, lists, complaints, ends.
#include <gtest/gtest.h>

#include "controller.h"

namespace psq::driver::testing {
namespace {

json item(const std::string& from, int seq, int size = 64) {
  return {{"from", from}, {"seq", seq}, {"size", size}};
}

void create_pipe(Peer& peer, const std::string& a, const std::string& b) {
  const json answer = peer.call({{"do", "create"}, {"type", "pipe"}, {"names", {a, b}}});
  ASSERT_EQ(answer["outcome"], "ok") << answer;
}

TEST(ProcessTest, TheRootSaysWhatItHas) {
  Controller controller;
  const json& hello = controller.root().hello();
  EXPECT_EQ(hello["hello"], 1);
  EXPECT_EQ(hello["role"], "root");
  EXPECT_EQ(hello["implementation"], "pipes");
  EXPECT_EQ(hello["capabilities"]["operations"]["simple_queue"], (json{"put", "get"}));
  EXPECT_EQ(hello["limits"]["item_bytes"], 64);
}

TEST(ProcessTest, NonsenseIsAnsweredAndTheConnectionStays) {
  Controller controller;
  Peer& root = controller.root();
  for (const std::string nonsense :
       {"", "garbage", "[]", "null", "{\"do\":\"get\"}", "\x01\xff\xfe"}) {
    root.send_text(nonsense + "\n");
    const json answer = root.next();
    EXPECT_EQ(answer["outcome"], "bad_request") << nonsense;
    EXPECT_EQ(answer["id"], nullptr);
    EXPECT_FALSE(answer["error"]["message"].get<std::string>().empty());
  }
  root.send_text(std::string(3 << 20, 'x') + "\n");
  EXPECT_EQ(root.next()["outcome"], "bad_request");
  EXPECT_EQ(root.call({{"do", "recv"}, {"on", "nothing"}})["outcome"], "bad_request");
  create_pipe(root, "a", "b");
}

TEST(ProcessTest, WhatIsNotDeclaredForTheTypeIsUnsupported) {
  Controller controller;
  Peer& root = controller.root();
  root.call({{"do", "create"}, {"type", "simple_queue"}, {"names", {"q"}}});
  EXPECT_EQ(root.call({{"do", "recv"}, {"on", "q"}})["outcome"], "unsupported");
  EXPECT_EQ(root.call({{"do", "close"}, {"on", "q"}})["outcome"], "unsupported");
  EXPECT_EQ(root.call({{"do", "create"}, {"type", "queue"}, {"names", {"r"}}})["outcome"],
            "unsupported");
  EXPECT_EQ(root.call({{"do", "get"}, {"on", "q"}, {"timeout", 1}})["outcome"], "bad_request");
}

TEST(ProcessTest, ABlockedCallStopsItsThreadAlone) {
  Controller controller;
  Peer& root = controller.root();
  create_pipe(root, "a", "b");
  const int blocked =
      root.send({{"do", "recv"}, {"on", "b"}, {"thread", "reader"}, {"began", true}});
  const json began = root.began(blocked);
  EXPECT_NE(began["tid"], root.pid());
  const int behind = root.send({{"do", "recv"}, {"on", "b"}, {"thread", "reader"}});
  const int sent =
      root.send({{"do", "send"}, {"on", "a"}, {"item", item("m", 1)}, {"began", true}});
  EXPECT_EQ(root.began(sent)["tid"], root.pid());  // main is the real main thread
  const json first = root.answer(blocked);
  EXPECT_EQ(first["value"]["item"],
            (json{{"from", "m"}, {"seq", 1}, {"size", 64}, {"intact", true}}));
  EXPECT_LE(began["at"], first["invoked"]);
  EXPECT_LE(root.answer(sent)["invoked"], first["returned"]);
  root.call({{"do", "send"}, {"on", "a"}, {"item", item("m", 2)}});
  EXPECT_EQ(root.answer(behind)["value"]["item"]["seq"], 2);
}

TEST(ProcessTest, BytesComeBackAsBytesAndItemsAsItems) {
  Controller controller;
  Peer& root = controller.root();
  create_pipe(root, "a", "b");
  root.call({{"do", "send_bytes"}, {"on", "a"}, {"bytes", "68656c6c6f"}});
  EXPECT_EQ(root.call({{"do", "recv_bytes"}, {"on", "b"}})["value"],
            (json{{"bytes", "68656c6c6f"}, {"size", 5}}));
  root.call({{"do", "send_bytes"}, {"on", "a"}, {"item", item("m", 7, 1000)}});
  EXPECT_EQ(root.call({{"do", "recv_bytes"}, {"on", "b"}})["value"]["item"]["intact"], true);
}

TEST(ProcessTest, ErrorsCarryTheirTypeAndMessage) {
  Controller controller;
  Peer& root = controller.root();
  create_pipe(root, "a", "b");
  root.call({{"do", "drop"}, {"on", "b"}});
  const json answer = root.call({{"do", "send"}, {"on", "a"}, {"item", item("m", 1)}});
  EXPECT_EQ(answer["outcome"], "broken_pipe");
  EXPECT_EQ(answer["error"]["type"], "std::system_error");
  EXPECT_EQ(root.call({{"do", "recv"}, {"on", "a"}})["outcome"], "end_of_stream");
}

TEST(ProcessTest, AListReportsEachCallAsItHappens) {
  Controller controller;
  Peer& root = controller.root();
  create_pipe(root, "a", "b");
  const int id = root.send({{"do", "run"},
                            {"began", true},
                            {"operations",
                             {{{"do", "send"}, {"on", "a"}, {"item", item("m", 5)}, {"repeat", 3}},
                              {{"do", "pause"}, {"seconds", 0.001}, {"repeat", 2}},
                              {{"do", "recv"}, {"on", "b"}, {"repeat", 3}}}}});
  for (int index = 0; index < 6; ++index) {
    const json began = root.next();
    EXPECT_EQ(began["began"], id);
    EXPECT_EQ(began["index"], index);
    const json event = root.next();
    EXPECT_EQ(event["event"], id);
    EXPECT_EQ(event["index"], index);
    EXPECT_EQ(event["outcome"], "ok");
    if (index >= 3) {
      EXPECT_EQ(event["value"]["item"]["seq"], index + 2);
    }
  }
  EXPECT_EQ(root.answer(id)["value"], 6);
}

TEST(ProcessTest, AListStopsAtAnErrorWhenAskedTo) {
  Controller controller;
  Peer& root = controller.root();
  create_pipe(root, "a", "b");
  root.call({{"do", "drop"}, {"on", "b"}});
  json list = {{"do", "run"}, {"operations", {{{"do", "recv"}, {"on", "a"}, {"repeat", 4}}}}};
  EXPECT_EQ(root.call(list)["value"], 4);
  list["stop_on_error"] = true;
  EXPECT_EQ(root.call(list)["value"], 1);
}

TEST(ProcessTest, AListWithAnUnknownObjectDoesNothing) {
  Controller controller;
  Peer& root = controller.root();
  create_pipe(root, "a", "b");
  const int id = root.send(
      {{"do", "run"},
       {"operations",
        {{{"do", "send"}, {"on", "a"}, {"item", item("m", 1)}}, {{"do", "recv"}, {"on", "x"}}}}});
  const json first = root.next();
  EXPECT_EQ(first["id"], id);
  EXPECT_EQ(first["outcome"], "bad_request");
}

TEST(ProcessTest, AListStartsWhenItIsTold) {
  Controller controller;
  Peer& root = controller.root();
  create_pipe(root, "a", "b");
  const auto now =
      root.call({{"do", "send"}, {"on", "a"}, {"item", item("m", 1)}})["returned"].get<long>();
  const long start = now + 50'000'000;
  const int id = root.send(
      {{"do", "run"}, {"start_at", start}, {"operations", {{{"do", "recv"}, {"on", "b"}}}}});
  EXPECT_GE(root.next()["invoked"], start);
  EXPECT_EQ(root.answer(id)["value"], 1);
}

struct End {
  json request;
  int status;
};

TEST(ProcessTest, EndsAsItIsTold) {
  for (const End& end :
       {End{{{"how", "return"}}, 0}, End{{{"how", "exit"}, {"status", 7}}, 7},
        End{{{"how", "exit_now"}, {"status", 8}}, 8}, End{{{"how", "raise"}}, 1}}) {
    Controller controller;
    Peer& root = controller.root();
    create_pipe(root, "a", "b");
    // A thread that is blocked does not keep the process.
    root.began(root.send({{"do", "recv"}, {"on", "a"}, {"thread", "t"}, {"began", true}}));
    json request = end.request;
    request["do"] = "end";
    EXPECT_EQ(root.call(request)["outcome"], "ok");
    EXPECT_EQ(controller.root_status(), end.status) << request;
  }
}

TEST(ProcessTest, EndsWithItsConnectionEvenWhenMainIsBlocked) {
  Controller controller;
  Peer& root = controller.root();
  create_pipe(root, "a", "b");
  root.began(root.send({{"do", "recv"}, {"on", "a"}, {"began", true}}));
  root.hang_up();
  EXPECT_EQ(controller.root_status(), 1);
}

}  // namespace
}  // namespace psq::driver::testing
