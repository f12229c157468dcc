#include "src/channel.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "psq/error.h"
#include "src/kept_memory.h"
#include "tests/child.h"
#include "tests/filler.h"
#include "tests/own_channel.h"

namespace psq::detail {
namespace {

using namespace std::chrono_literals;
using psq::test::Child;
using psq::test::filled;
using psq::test::OwnChannel;

constexpr std::size_t kSmallRing = 1024;

// Content that its number and its length determine, so that a reader can check it.
std::string message(std::size_t number, std::size_t size) {
  std::string text = filled(std::to_string(number) + ":", number, size);
  text.resize(size);
  return text;
}

std::string receive(const OwnChannel& own) {
  std::string text;
  EXPECT_TRUE(own.receive(text, Deadline::never()));
  return text;
}

bool try_receive(const OwnChannel& own, Timeout timeout = no_wait) {
  std::string text;
  return own.receive(text, Deadline::after(timeout));
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
    own.send(text);
    EXPECT_FALSE(channel.empty());
    EXPECT_EQ(receive(own), text);
    EXPECT_TRUE(channel.empty());
  }
  EXPECT_EQ(channel.messages_read(), 3U);
}

TEST(Channel, IsFirstInFirstOutAroundTheEndOfTheRing) {
  const OwnChannel own(kSmallRing);
  std::size_t sent = 0;
  std::size_t got = 0;
  while (got < 5000) {
    for (; sent < got + 4; ++sent) own.send(message(sent, sent % 200));
    ASSERT_EQ(receive(own), message(got, got % 200));
    ++got;
  }
}

TEST(Channel, EverySizeAroundTheBoundariesArrivesWhole) {
  const OwnChannel own(kSmallRing);
  Channel& channel = *own;
  for (std::size_t size = 0; size < 3 * kSmallRing; ++size) {
    std::thread writer([&] { own.send(message(size, size)); });
    ASSERT_EQ(receive(own), message(size, size));
    writer.join();
    ASSERT_TRUE(channel.empty());
  }
  EXPECT_EQ(channel.messages_read(), 3 * kSmallRing);
}

TEST(Channel, MessagesOfManyRingsArriveWholeBetweenProcesses) {
  const OwnChannel own(kSmallRing);
  Child writer([&] {
    for (std::size_t i = 0; i < 20; ++i) own.send(message(i, i * 10000));
    return 0;
  });
  for (std::size_t i = 0; i < 20; ++i) ASSERT_EQ(receive(own), message(i, i * 10000));
  EXPECT_EQ(writer.status(), 0);
}

TEST(Channel, ManyWritersAndReadersShareEveryMessageOnce) {
  const OwnChannel own(kSmallRing);
  Channel& channel = *own;
  constexpr std::size_t kEach = 500;
  const auto write = [&] {
    // Every twentieth message needs an extent.
    for (std::size_t i = 0; i < kEach; ++i) own.send(message(i, i % 20 == 0 ? 3000 : 30));
    return 0;
  };
  const auto read = [&] {
    std::size_t whole = 0;
    for (std::size_t i = 0; i < kEach; ++i) {
      const std::string text = receive(own);
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
  for (const auto timeout : {0ms, 10ms, 120ms}) {
    const auto begin = Clock::now();
    EXPECT_FALSE(try_receive(own, timeout));
    EXPECT_GE(Clock::now() - begin, timeout);
  }
}

TEST(Channel, ReceiveCanBeStopped) {
  const OwnChannel own(kSmallRing);
  Channel& channel = *own;
  StopHere stop;
  std::thread stopper([&] {
    if (stop.request()) channel.wake_receivers();
  });
  std::string text;
  EXPECT_FALSE(channel.receive(own.memory(), text, Deadline::never(), stop));
  stopper.join();
}

TEST(Channel, AFullRingHoldsTheWriterUntilThereIsRoom) {
  const OwnChannel own(kSmallRing);
  for (const std::size_t size : {std::size_t{40}, std::size_t{400}, 5 * kSmallRing}) {
    SCOPED_TRACE(size);
    std::atomic<std::size_t> sent{0};
    std::thread writer([&] {
      for (std::size_t i = 0; i < 100; ++i) {
        own.send(message(i, size));
        ++sent;
      }
    });
    // Less than the ring holds or counts for long ones, and one more.
    const std::size_t most = kSmallRing / std::min(size, kSmallRing / 4) + 1;
    for (std::size_t i = 0; i < 100; ++i) {
      EXPECT_LE(sent, i + most);
      ASSERT_EQ(receive(own), message(i, size));
    }
    writer.join();
  }
}

TEST(Channel, AMessageLongerThanTheRingWaitsForNoReader) {
  const OwnChannel own(kSmallRing);
  own.send(message(0, 100 * kSmallRing));
  EXPECT_EQ(receive(own), message(0, 100 * kSmallRing));
}

// Neither side waits for each message of the other, and no more memory is taken than for four of
// the first kind.
TEST(Channel, HasRoomForFourLongMessagesOrOneThatIsVeryLong) {
  for (const auto& [length, room] :
       {std::pair{kSmallRing, 4}, std::pair{4 * kSmallRing, 4}, std::pair{8 * kSmallRing, 2},
        std::pair{16 * kSmallRing, 1}, std::pair{100 * kSmallRing, 1}}) {
    const OwnChannel own(kSmallRing);
    int sent = 0;
    while (sent < 10 && (*own).try_send(own.memory(), message(0, length), 0)) ++sent;
    EXPECT_EQ(sent, room) << length;
    EXPECT_EQ(receive(own), message(0, length));
    EXPECT_TRUE((*own).try_send(own.memory(), message(1, length), 0)) << length;
  }
}

// Short messages could take all room that there ever is.
TEST(Channel, ALongMessageIsNotOvertakenForEver) {
  const OwnChannel own(kSmallRing);
  Child short_ones([&]() -> int {
    for (std::size_t i = 0;; ++i) own.send("s");
  });
  Child long_one([&] {
    own.send(message(1, 900));
    return 0;
  });
  const auto until = Clock::now() + psq::test::kSoon;
  while (receive(own) == "s") {
    ASSERT_LT(Clock::now(), until);
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_EQ(long_one.status(), 0);
}

std::uint64_t memory_of(const OwnChannel& own) {
  struct stat about {};
  EXPECT_EQ(fstat(own.memory().descriptor(), &about), 0);
  return static_cast<std::uint64_t>(about.st_blocks) * 512;
}

TEST(Channel, GivesTheMemoryOfLongMessagesBack) {
  const OwnChannel own(kSmallRing);
  constexpr std::size_t kHuge = std::size_t{64} << 20;
  for (int round = 0; round < 3; ++round) {
    own.send(std::string(kHuge, 'x'));
    EXPECT_GE(memory_of(own), kHuge);
    EXPECT_EQ(receive(own).size(), kHuge);
    EXPECT_LE(memory_of(own), std::uint64_t{5} << 20);
  }
}

TEST(Channel, KeepsMemoryWhileLongMessagesFollowOneAnother) {
  const OwnChannel own(kSmallRing);
  const std::string texts[] = {message(1, (9 << 20) + 5), message(2, 8 << 20)};
  for (int round = 0; round < 2; ++round) {
    const auto all_come = [&] {
      for (const std::string& text : texts) {
        own.send(text);
        EXPECT_TRUE(receive(own) == text);
      }
    };
    if (!psq::test::happens_within(KeptMemory::kSoon, all_come)) GTEST_SKIP() << "a slow machine";
    EXPECT_GT(memory_of(own), std::uint64_t{8} << 20);
    psq::test::await([&] {
      EXPECT_FALSE(try_receive(own, 50ms));
      return memory_of(own) < std::uint64_t{5} << 20;
    });
  }
}

}  // namespace
}  // namespace psq::detail
