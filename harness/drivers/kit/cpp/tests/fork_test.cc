// Children: what they hold, from where they are made, how they end.
#include <gtest/gtest.h>

#include "controller.h"

namespace psq::driver::testing {
namespace {

json item(const std::string& from, int seq) { return {{"from", from}, {"seq", seq}, {"size", 64}}; }

void create(Peer& peer, const std::string& type, const json& names) {
  const json answer = peer.call({{"do", "create"}, {"type", type}, {"names", names}});
  ASSERT_EQ(answer["outcome"], "ok") << answer;
}

/// The sockets among what a process has open.
std::multiset<std::string> sockets_of(pid_t pid) {
  std::multiset<std::string> sockets;
  for (const auto& [number, target] : descriptors_of(pid)) {
    if (target.starts_with("socket:")) sockets.insert(target);
  }
  return sockets;
}

TEST(ForkTest, AChildHoldsWhatItWasGivenAndNothingElse) {
  Controller controller;
  Peer& root = controller.root();
  create(root, "pipe", {"a", "b"});
  create(root, "simple_queue", {"q"});
  const auto all = sockets_of(root.pid());
  ASSERT_EQ(all.size(), 5U);  // the control connection, two ends, two of the queue
  Peer& child = controller.spawn(root, "child", {"a"});
  EXPECT_EQ(sockets_of(child.pid()).size(), 2U);  // its own control connection, a
  Peer& other = controller.spawn(root, "other", {"q"});
  EXPECT_EQ(sockets_of(other.pid()).size(), 3U);
  EXPECT_EQ(sockets_of(root.pid()), all);
  EXPECT_EQ(child.call({{"do", "recv"}, {"on", "b"}})["outcome"], "bad_request");
}

TEST(ForkTest, TheStreamEndsWithTheOnlyGivenWriter) {
  Controller controller;
  Peer& root = controller.root();
  create(root, "pipe", {"a", "b"});
  Peer& writer = controller.spawn(root, "writer", {"a"});
  Peer& reader = controller.spawn(root, "reader", {"b"});
  controller.spawn(root, "bystander", json::array());
  root.call({{"do", "drop"}, {"on", "a"}});
  root.call({{"do", "drop"}, {"on", "b"}});
  const int last =
      reader.send({{"do", "run"}, {"operations", {{{"do", "recv"}, {"on", "b"}, {"repeat", 2}}}}});
  writer.call({{"do", "send"}, {"on", "a"}, {"item", item("writer", 1)}});
  EXPECT_EQ(reader.next()["value"]["item"]["seq"], 1);
  writer.call({{"do", "drop"}, {"on", "a"}});
  EXPECT_EQ(reader.next()["outcome"], "end_of_stream");
  EXPECT_EQ(reader.answer(last)["value"], 2);
}

TEST(ForkTest, AThreadBlockedInTheParentKeepsNothingAliveInTheChild) {
  Controller controller;
  Peer& root = controller.root();
  create(root, "pipe", {"a", "b"});
  const int blocked = root.send({{"do", "recv"}, {"on", "a"}, {"thread", "t"}, {"began", true}});
  root.began(blocked);
  // Dropped, but in use: its descriptor is open in the parent and must not stay so in the child.
  root.call({{"do", "drop"}, {"on", "a"}});
  Peer& without = controller.spawn(root, "without", {"b"}, {{"thread", "other"}});
  EXPECT_EQ(sockets_of(without.pid()).size(), 2U);
  root.call({{"do", "send"}, {"on", "b"}, {"item", item("root", 1)}});
  EXPECT_EQ(root.answer(blocked)["value"]["item"]["seq"], 1);
  EXPECT_EQ(without.call({{"do", "recv"}, {"on", "b"}})["outcome"], "end_of_stream");
}

TEST(ForkTest, AChildDropsWhatAThreadOfItsParentUses) {
  Controller controller;
  Peer& root = controller.root();
  create(root, "pipe", {"a", "b"});
  root.began(root.send({{"do", "recv"}, {"on", "a"}, {"thread", "t"}, {"began", true}}));
  Peer& child = controller.spawn(root, "child", {"a", "b"}, {{"thread", "other"}});
  child.call({{"do", "drop"}, {"on", "a"}});
  EXPECT_EQ(sockets_of(child.pid()).size(), 2U);
  EXPECT_EQ(child.call({{"do", "send"}, {"on", "b"}, {"item", item("child", 1)}})["outcome"], "ok");
}

TEST(ForkTest, AChildDoesNotHoldAConnectionThatItsParentObtained) {
  Controller controller;
  Peer& root = controller.root();
  create(root, "pipe", {"line", "far"});
  create(root, "pipe", {"x", "y"});
  const json sent = root.call({{"do", "send_connection"}, {"on", "line"}, {"connection", "y"}});
  ASSERT_EQ(sent["outcome"], "ok") << sent;
  const json got = root.call({{"do", "recv_connection"}, {"on", "far"}, {"as", "got"}});
  ASSERT_EQ(got["outcome"], "ok") << got;
  root.call({{"do", "drop"}, {"on", "y"}});
  Peer& without = controller.spawn(root, "without", json::array());
  EXPECT_EQ(sockets_of(without.pid()).size(), 1U);  // its own control connection
  Peer& child = controller.spawn(root, "child", {"got"});
  EXPECT_EQ(sockets_of(child.pid()).size(), 2U);
  root.call({{"do", "drop"}, {"on", "got"}});
  child.call({{"do", "send"}, {"on", "got"}, {"item", item("child", 1)}});
  EXPECT_EQ(root.call({{"do", "recv"}, {"on", "x"}})["value"]["item"]["seq"], 1);
  child.call({{"do", "drop"}, {"on", "got"}});
  EXPECT_EQ(root.call({{"do", "recv"}, {"on", "x"}})["outcome"], "end_of_stream");
}

// While one waits for a connection, children can be made and objects created.
TEST(ForkTest, NobodyIsHeldUpByAConnectionThatDoesNotCome) {
  Controller controller;
  Peer& root = controller.root();
  create(root, "pipe", {"line", "far"});
  const int waiting = root.send(
      {{"do", "recv_connection"}, {"on", "far"}, {"as", "got"}, {"thread", "t"}, {"began", true}});
  root.began(waiting);
  create(root, "pipe", {"x", "y"});
  Peer& child = controller.spawn(root, "child", {"line", "y"});
  create(root, "pipe", {"got", "other"});
  child.call({{"do", "send_connection"}, {"on", "line"}, {"connection", "y"}});
  EXPECT_EQ(root.answer(waiting)["outcome"], "bad_request");  // the name was taken meanwhile
}

TEST(ForkTest, WhatIsNoConnectionIsNotSent) {
  Controller controller;
  Peer& root = controller.root();
  create(root, "pipe", {"line", "far"});
  create(root, "simple_queue", {"q"});
  for (const json& what : {json("q"), json("nobody"), json(""), json(7), json()}) {
    EXPECT_EQ(
        root.call({{"do", "send_connection"}, {"on", "line"}, {"connection", what}})["outcome"],
        "bad_request");
  }
  EXPECT_EQ(root.call({{"do", "recv_connection"}, {"on", "far"}})["outcome"], "bad_request");
  EXPECT_EQ(root.call({{"do", "recv_connection"}, {"on", "far"}, {"as", "q"}})["outcome"],
            "bad_request");
  const json events = {{{"do", "send_connection"}, {"on", "line"}, {"connection", "nobody"}}};
  EXPECT_EQ(root.call({{"do", "run"}, {"operations", events}})["outcome"], "bad_request");
}

TEST(ForkTest, TheForkedThreadBecomesMain) {
  Controller controller;
  Peer& child = controller.spawn(controller.root(), "child", json::array(), {{"thread", "t"}});
  create(child, "pipe", {"a", "b"});
  const int id = child.send({{"do", "send"}, {"on", "a"}, {"item", item("c", 1)}, {"began", true}});
  EXPECT_EQ(child.began(id)["tid"], child.pid());
  const int other = child.send({{"do", "recv"}, {"on", "b"}, {"thread", "t"}, {"began", true}});
  EXPECT_NE(child.began(other)["tid"], child.pid());
}

TEST(ForkTest, GenerationsPassObjectsOn) {
  Controller controller;
  create(controller.root(), "pipe", {"a", "b"});
  Peer& child = controller.spawn(controller.root(), "child", {"a", "b"});
  Peer& grandchild = controller.spawn(child, "grandchild", {"a"}, {{"thread", "t"}});
  EXPECT_EQ(sockets_of(grandchild.pid()).size(), 2U);
  grandchild.call({{"do", "send"}, {"on", "a"}, {"item", item("g", 1)}});
  EXPECT_EQ(child.call({{"do", "recv"}, {"on", "b"}})["value"]["item"]["from"], "g");
}

TEST(ForkTest, TheParentHearsHowAChildEnded) {
  Controller controller;
  Peer& root = controller.root();
  const auto code_after = [&](const std::string& name, const json& how) {
    Peer& child = controller.spawn(root, name, json::array());
    EXPECT_EQ(root.call({{"do", "exit_code"}, {"on", name}})["value"], nullptr);
    EXPECT_EQ(root.call({{"do", "join_process"}, {"on", name}, {"timeout", 0}})["value"], false);
    json end = how;
    if (how.contains("how")) {
      end["do"] = "end";
      child.call(end);
    } else {
      end["on"] = name;
      root.call(end);
    }
    EXPECT_EQ(root.call({{"do", "join_process"}, {"on", name}})["value"], true);
    return root.call({{"do", "exit_code"}, {"on", name}})["value"];
  };
  EXPECT_EQ(code_after("returns", {{"how", "return"}}), 0);
  EXPECT_EQ(code_after("exits", {{"how", "exit"}, {"status", 3}}), 3);
  EXPECT_EQ(code_after("exits-now", {{"how", "exit_now"}, {"status", 4}}), 4);
  EXPECT_EQ(code_after("raises", {{"how", "raise"}}), 1);
  EXPECT_EQ(code_after("terminated", {{"do", "terminate"}}), -15);
  EXPECT_EQ(code_after("killed", {{"do", "kill"}}), -9);
}

TEST(ForkTest, NamesOfChildrenAreTheirParents) {
  Controller controller;
  Peer& root = controller.root();
  controller.spawn(root, "child", json::array());
  EXPECT_EQ(root.call({{"do", "spawn"}, {"name", "child"}, {"objects", json::array()}})["outcome"],
            "bad_request");
  EXPECT_EQ(root.call({{"do", "exit_code"}, {"on", "stranger"}})["outcome"], "bad_request");
}

TEST(ForkTest, AChildEndsWithItsOwnConnection) {
  Controller controller;
  Peer& root = controller.root();
  Peer& child = controller.spawn(root, "child", json::array());
  child.hang_up();
  child.wait_for_death();
  EXPECT_EQ(root.call({{"do", "join_process"}, {"on", "child"}})["value"], true);
}

TEST(ForkTest, ManyChildrenFromManyThreads) {
  Controller controller;
  Peer& root = controller.root();
  create(root, "simple_queue", {"q"});
  constexpr int kThreads = 4;
  constexpr int kRounds = 5;
  for (int t = 0; t < kThreads; ++t) {
    const std::string busy = "busy" + std::to_string(t);
    create(root, "pipe", {busy + "a", busy + "b"});
    root.send({{"do", "recv"}, {"on", busy + "a"}, {"thread", busy}});
  }
  for (int round = 0; round < kRounds; ++round) {
    for (int t = 0; t < kThreads; ++t) {
      const std::string name = std::to_string(round) + "-" + std::to_string(t);
      Peer& child = controller.spawn(root, name, {"q"}, {{"thread", "t" + std::to_string(t)}});
      child.call({{"do", "put"}, {"on", "q"}, {"item", item(name, 0)}});
      child.call({{"do", "end"}, {"how", "return"}});
      EXPECT_EQ(root.call({{"do", "join_process"}, {"on", name}})["value"], true);
      EXPECT_EQ(root.call({{"do", "get"}, {"on", "q"}})["value"]["item"]["from"], name);
    }
  }
}

}  // namespace
}  // namespace psq::driver::testing
