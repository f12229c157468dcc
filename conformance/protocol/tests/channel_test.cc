// Lines out of a socket: whole, in bounded memory, and never more than a reader asked for.
#include "protocol/channel.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

#include "protocol/error.h"

namespace psq::conformance {
namespace {

constexpr std::size_t kLongestLine = 1 << 20;

struct Pair {
  Fd driver;
  Channel suite;
};

Pair connect() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  return {Fd{ends[0]}, Channel{Fd{ends[1]}}};
}

void send_all(Fd& socket, std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

/// Receives until the other end has closed.
std::vector<std::size_t> lengths_of_lines(Channel& channel) {
  std::vector<std::size_t> lengths;
  while (channel.open()) {
    channel.receive([&](std::string_view line) { lengths.push_back(line.size()); });
  }
  return lengths;
}

std::vector<std::size_t> received(const std::string& text) {
  auto [driver, suite] = connect();
  std::jthread sender{[&driver = driver, &text] {
    send_all(driver, text);
    driver.reset();
  }};
  try {
    return lengths_of_lines(suite);
  } catch (const DriverError&) {
    suite = Channel{Fd{}};  // so that the sender ends
    throw;
  }
}

TEST(Channel, TakesALineOfAMebibyteAndNoLongerOne) {
  const std::string longest(kLongestLine - 1, 'x');
  EXPECT_EQ(received("a\n" + longest + "\nb\n"),
            (std::vector<std::size_t>{1, kLongestLine - 1, 1}));
  EXPECT_THROW(static_cast<void>(received("a\n" + longest + "x\nb\n")), DriverError);
  EXPECT_THROW(static_cast<void>(received(longest + "xx")), DriverError);
}

TEST(Channel, KeepsNoReaderWhileThePeerSendsOn) {
  auto [driver, suite] = connect();
  std::jthread sender{[&driver = driver](const std::stop_token& stop) {
    const std::string text(4096, '\n');
    while (!stop.stop_requested()) send_all(driver, text);
  }};
  for (int times = 0; times < 20; ++times) {
    std::size_t lines = 0;
    suite.receive([&](std::string_view) { ++lines; });
    EXPECT_LT(lines, 2 * kLongestLine);
  }
  sender.request_stop();
  suite = Channel{Fd{}};
}

}  // namespace
}  // namespace psq::conformance
