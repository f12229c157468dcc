#include "src/channel.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "psq/error.h"
#include "tests/child.h"
#include "tests/own_channel.h"

namespace psq::detail {
namespace {

using namespace std::chrono_literals;
using psq::test::await;
using psq::test::Child;
using psq::test::OwnChannel;

constexpr std::size_t kSmallRing = 1024;

// Content that its number and its length determine, so that a reader can check it.
std::string message(std::size_t number, std::size_t size) {
  std::string text = std::to_string(number) + ":";
  while (text.size() < size) text.push_back(static_cast<char>('a' + (number + text.size()) % 26));
  text.resize(size);
  return text;
}

std::string receive(Channel& channel) {
  const std::atomic<bool> stop{false};
  std::string text;
  EXPECT_TRUE(channel.receive(text, Deadline::never(), stop));
  return text;
}

bool try_receive(Channel& channel, Timeout timeout = no_wait) {
  const std::atomic<bool> stop{false};
  std::string text;
  return channel.receive(text, Deadline::after(timeout), stop);
}

TEST(Channel, RefusesACapacityThatFramesDoNotFit) {
  EXPECT_THROW(OwnChannel(1000), InvalidArgument);
  EXPECT_THROW(OwnChannel(0), InvalidArgument);
}

TEST(Channel, GivesBackWhatItGot) {
  const OwnChannel own(kSmallRing);
  Channel& channel = *own;
  EXPECT_TRUE(channel.empty());
  for (const std::string& text : {std::string("one"), std::string(), std::string("three\0", 6)}) {
    channel.send(text);
    EXPECT_FALSE(channel.empty());
    EXPECT_EQ(receive(channel), text);
    EXPECT_TRUE(channel.empty());
  }
  EXPECT_EQ(channel.messages_read(), 3U);
}

TEST(Channel, IsFirstInFirstOutAroundTheEndOfTheRing) {
  const OwnChannel own(kSmallRing);
  Channel& channel = *own;
  std::size_t sent = 0;
  std::size_t got = 0;
  while (got < 5000) {
    for (; sent < got + 4; ++sent) channel.send(message(sent, sent % 200));
    ASSERT_EQ(receive(channel), message(got, got % 200));
    ++got;
  }
}

TEST(Channel, EverySizeAroundTheBoundariesArrivesWhole) {
  const OwnChannel own(kSmallRing);
  Channel& channel = *own;
  for (std::size_t size = 0; size < 3 * kSmallRing; ++size) {
    std::thread writer([&] { channel.send(message(size, size)); });
    ASSERT_EQ(receive(channel), message(size, size));
    writer.join();
    ASSERT_TRUE(channel.empty());
  }
  EXPECT_EQ(channel.messages_read(), 3 * kSmallRing);
}

TEST(Channel, MessagesOfManyRingsArriveWholeBetweenProcesses) {
  const OwnChannel own(kSmallRing);
  Channel& channel = *own;
  Child writer([&] {
    for (std::size_t i = 0; i < 20; ++i) channel.send(message(i, i * 10000));
    return 0;
  });
  for (std::size_t i = 0; i < 20; ++i) ASSERT_EQ(receive(channel), message(i, i * 10000));
  EXPECT_EQ(writer.status(), 0);
}

TEST(Channel, ManyWritersAndReadersShareEveryMessageOnce) {
  const OwnChannel own(kSmallRing);
  Channel& channel = *own;
  constexpr std::size_t kEach = 500;
  const auto write = [&] {
    // Every twentieth message needs several frames.
    for (std::size_t i = 0; i < kEach; ++i) channel.send(message(i, i % 20 == 0 ? 3000 : 30));
    return 0;
  };
  const auto read = [&] {
    std::size_t whole = 0;
    for (std::size_t i = 0; i < kEach; ++i) {
      const std::string text = receive(channel);
      whole += text == message(std::stoul(text), text.size()) ? 1 : 0;
    }
    return whole == kEach ? 0 : 1;
  };
  Child writer1(write);
  Child writer2(write);
  Child reader1(read);
  Child reader2(read);
  EXPECT_EQ(reader1.status(), 0);
  EXPECT_EQ(reader2.status(), 0);
  EXPECT_EQ(writer1.status(), 0);
  EXPECT_EQ(writer2.status(), 0);
  EXPECT_TRUE(channel.empty());
  EXPECT_EQ(channel.messages_read(), 2 * kEach);
}

TEST(Channel, ReceiveGivesUpAtTheDeadlineAndNotBefore) {
  const OwnChannel own(kSmallRing);
  Channel& channel = *own;
  for (const auto timeout : {0ms, 10ms, 120ms}) {
    const auto begin = Clock::now();
    EXPECT_FALSE(try_receive(channel, timeout));
    EXPECT_GE(Clock::now() - begin, timeout);
  }
}

TEST(Channel, ReceiveCanBeStopped) {
  const OwnChannel own(kSmallRing);
  Channel& channel = *own;
  std::atomic<bool> stop{false};
  std::thread stopper([&] { stop = true; });
  std::string text;
  EXPECT_FALSE(channel.receive(text, Deadline::never(), stop));
  stopper.join();
}

TEST(Channel, AFullRingHoldsTheWriterUntilThereIsRoom) {
  const OwnChannel own(kSmallRing);
  Channel& channel = *own;
  std::atomic<int> sent{0};
  std::thread writer([&] {
    for (std::size_t i = 0; i < 10; ++i) {
      channel.send(message(i, 400));
      ++sent;
    }
  });
  await([&] { return sent == 2; });
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_LE(sent, static_cast<int>(i) + 2);
    EXPECT_EQ(receive(channel), message(i, 400));
  }
  writer.join();
}

}  // namespace
}  // namespace psq::detail
