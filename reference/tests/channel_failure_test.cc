// Channels whose readers or writers die, and channels that a process has overwritten.

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

bool receive(const OwnChannel& own, std::string& text, Timeout timeout) {
  text.clear();
  return own.receive(text, Deadline::after(timeout));
}

TEST(ChannelFailure, AKilledIdleReaderDelaysNoOther) {
  const OwnChannel own(kSmall);
  const SharedObject<std::atomic<bool>> reading;
  Child reader([&] {
    std::string text;
    *reading = true;
    return static_cast<int>(receive(own, text, forever));
  });
  await([&] { return reading->load(); });
  EXPECT_EQ(reader.kill_and_wait(), -SIGKILL);
  own.send("one");
  std::string text;
  EXPECT_TRUE(receive(own, text, forever));
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
      for (int count = 0;; ++count) own.send(numbered(round, count));
    });
    // Reads every message, until it is killed between two of them or in the middle of one.
    Child thief([&]() -> int {
      std::string text;
      for (;;) (void)receive(own, text, forever);
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
      if (!receive(own, text, no_wait)) {
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

// Damage to a channel. It begins with its capacity; the ring is behind it.
class Damaged : public testing::Test {
 protected:
  std::uint32_t* ring() const { return reinterpret_cast<std::uint32_t*>(&*own_ + 1); }
  std::uint32_t* capacity() const { return reinterpret_cast<std::uint32_t*>(&*own_); }

  void expect_corrupted() const {
    std::string text;
    EXPECT_THROW((void)receive(own_, text, no_wait), Corrupted);
    EXPECT_EQ(text, "");
  }

  const OwnChannel own_{kSmall};
};

TEST_F(Damaged, ALengthThatIsNotThere) {
  own_.send("twelve bytes");
  for (const std::uint32_t length : {13U + 8, 63U, 64U, 1016U, 4096U, 0x7fffffffU, ~0U}) {
    SCOPED_TRACE(length);
    ring()[0] = length;
    expect_corrupted();
  }
}

TEST_F(Damaged, ALengthThatIsNotThereBehindAnotherMessage) {
  own_.send("four");
  own_.send("twelve bytes");
  ring()[4] = 13 + 8;
  StopHere stop;
  std::string row;
  const auto receive_two = [&] {
    return (*own_).receive_some(own_.memory(), row, 2, Deadline::after(no_wait), stop);
  };
  EXPECT_THROW((void)receive_two(), Corrupted);
  EXPECT_EQ(row, "");
  ring()[4] = 12;
  EXPECT_EQ(receive_two(), 2U) << "nothing was taken before";
}

TEST_F(Damaged, AFrameOfNoKnownPlace) {
  own_.send("message");
  for (const std::uint32_t place : {0U, 2U, 3U, 7U, ~0U}) {
    SCOPED_TRACE(place);
    ring()[1] = place;
    expect_corrupted();
  }
}

TEST_F(Damaged, ACapacityThatIsNotThere) {
  ASSERT_EQ(*capacity(), kSmall / 8);
  own_.send("message");
  for (const std::uint32_t units : {0U, 1U, 64U, 127U, 256U, 1U << 20, ~0U}) {
    SCOPED_TRACE(units);
    *capacity() = units;
    expect_corrupted();
    EXPECT_THROW(own_.send("message"), Corrupted);
    EXPECT_THROW((void)(*own_).try_send(own_.memory(), "message", 0), Corrupted);
  }
}

TEST_F(Damaged, AnExtentThatIsNotThere) {
  own_.send(std::string(5000, 'x'));
  for (const std::uint32_t index : {1U, 255U, 256U, ~0U}) {
    SCOPED_TRACE(index);
    ring()[2] = index;
    expect_corrupted();
  }
}

TEST_F(Damaged, AnExtentWithoutBytes) {
  own_.send(std::string(5000, 'x'));
  ASSERT_EQ(ftruncate(own_.memory().descriptor(), 0), -1) << "it can be shrunk";
  own_.memory().give_back_behind(0, 5000);  // Zeros are read then, and no error.
  std::string text;
  EXPECT_TRUE(receive(own_, text, no_wait));
  EXPECT_EQ(text, std::string(5000, '\0'));
}

}  // namespace
}  // namespace psq::detail
