// Channels whose reader or writer dies or stops in the middle of a message.

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "src/channel.h"
#include "tests/child.h"
#include "tests/own_channel.h"
#include "tests/shared_object.h"

namespace psq::detail {
namespace {

using namespace std::chrono_literals;
using psq::test::await;
using psq::test::Child;
using psq::test::OwnChannel;
using psq::test::SharedObject;

constexpr std::size_t kSmall = 1024;
constexpr std::size_t kManyRings = 100000;

bool receive(Channel& channel, std::string& text, Timeout timeout) {
  const std::atomic<bool> stop{false};
  text.clear();
  return channel.receive(text, Deadline::after(timeout), stop);
}

int send_long(Channel& channel) {
  channel.send(std::string(kManyRings, 'x'));
  return 0;
}

TEST(ChannelFailure, APartOfADeadWritersMessageIsDropped) {
  const OwnChannel own(kSmall);
  Channel& channel = *own;
  Child writer([&] { return send_long(channel); });
  await([&] { return !channel.empty(); });
  EXPECT_EQ(writer.kill_and_wait(), -SIGKILL);
  std::string text;
  EXPECT_FALSE(receive(channel, text, no_wait));
  EXPECT_EQ(text, "");
  EXPECT_TRUE(channel.empty());
  EXPECT_EQ(channel.messages_read(), 0U);

  channel.send("whole");
  EXPECT_TRUE(receive(channel, text, forever));
  EXPECT_EQ(text, "whole");
}

TEST(ChannelFailure, TheNextMessageEndsADeadWritersOne) {
  const OwnChannel own(kSmall);
  Channel& channel = *own;
  Child writer([&] { return send_long(channel); });
  await([&] { return !channel.empty(); });
  EXPECT_EQ(writer.kill_and_wait(), -SIGKILL);
  std::thread next([&] {
    channel.send("whole");
    send_long(channel);
  });
  std::string text;
  EXPECT_TRUE(receive(channel, text, forever));
  EXPECT_EQ(text, "whole");
  EXPECT_TRUE(receive(channel, text, forever));
  EXPECT_EQ(text, std::string(kManyRings, 'x'));
  next.join();
}

TEST(ChannelFailure, AReaderThatWaitsForTheRestLearnsOfTheWritersDeath) {
  const OwnChannel own(kSmall);
  Channel& channel = *own;
  Child writer([&] { return send_long(channel); });
  await([&] { return !channel.empty(); });
  writer.stop();
  const SharedObject<std::atomic<bool>> reading;
  Child reader([&] {
    std::string text;
    *reading = true;
    return receive(channel, text, 300ms) ? 1 : 0;
  });
  // The reader has drained the ring and waits for the rest of the stopped writer's message.
  await([&] { return *reading && channel.empty(); });
  EXPECT_EQ(writer.kill_and_wait(), -SIGKILL);
  EXPECT_EQ(reader.status(), 0);
}

TEST(ChannelFailure, TheRestOfADeadReadersMessageIsThrownAway) {
  const OwnChannel own(kSmall);
  Channel& channel = *own;
  Child writer([&]() -> int {
    send_long(channel);
    channel.send("second");
    return 0;
  });
  await([&] { return !channel.empty(); });
  writer.stop();
  Child reader([&] {
    std::string text;
    return static_cast<int>(receive(channel, text, forever));
  });
  await([&] { return channel.empty(); });
  EXPECT_EQ(reader.kill_and_wait(), -SIGKILL);
  writer.signal(SIGCONT);

  std::string text;
  EXPECT_TRUE(receive(channel, text, forever));
  EXPECT_EQ(text, "second");
  EXPECT_EQ(writer.status(), 0);
  // A message that its reader died reading counts as read.
  EXPECT_EQ(channel.messages_read(), 2U);
}

TEST(ChannelFailure, AKilledIdleReaderDelaysNoOther) {
  const OwnChannel own(kSmall);
  Channel& channel = *own;
  const SharedObject<std::atomic<bool>> reading;
  Child reader([&] {
    std::string text;
    *reading = true;
    return static_cast<int>(receive(channel, text, forever));
  });
  await([&] { return reading->load(); });
  EXPECT_EQ(reader.kill_and_wait(), -SIGKILL);
  channel.send("one");
  std::string text;
  EXPECT_TRUE(receive(channel, text, forever));
  EXPECT_EQ(text, "one");
}

// A message of `writer`: its number, a count, and filler that both determine.
std::string numbered(int writer, int count) {
  std::string text = std::to_string(writer) + " " + std::to_string(count) + " ";
  text.append(static_cast<std::size_t>(count % 7 == 0 ? 5000 : count % 300),
              static_cast<char>('a' + count % 26));
  return text;
}

TEST(ChannelFailure, KillsAtRandomTimesTearNothing) {
  const OwnChannel own(kSmall);
  Channel& channel = *own;
  std::mt19937 random(std::random_device{}());
  for (int round = 0; round < 150; ++round) {
    Child writer([&]() -> int {
      for (int count = 0;; ++count) channel.send(numbered(round, count));
    });
    // Reads every message, until it is killed between two of them or in the middle of one.
    Child thief([&]() -> int {
      std::string text;
      for (;;) (void)receive(channel, text, forever);
    });
    std::uniform_int_distribution<int> microseconds(0, 3000);
    const auto thief_dies = Clock::now() + std::chrono::microseconds(microseconds(random));
    const auto writer_dies = thief_dies + std::chrono::microseconds(microseconds(random));
    std::string text;
    int last = -1;
    bool thief_lives = true;
    bool writer_lives = true;
    for (;;) {
      if (thief_lives && Clock::now() >= thief_dies) {
        thief.kill_and_wait();
        thief_lives = false;
      }
      if (writer_lives && Clock::now() >= writer_dies) {
        writer.kill_and_wait();
        writer_lives = false;
      }
      if (!receive(channel, text, no_wait)) {
        if (!writer_lives && !thief_lives) break;
        continue;
      }
      const int count = std::stoi(text.substr(text.find(' ')));
      ASSERT_EQ(text, numbered(round, count));
      ASSERT_GT(count, last) << "out of order, or duplicated";
      last = count;
    }
    ASSERT_TRUE(channel.empty());
  }
}

}  // namespace
}  // namespace psq::detail
