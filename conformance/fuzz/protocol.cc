// The suite's reader of the protocol, with what a hostile driver may send: lines out of a socket,
// messages out of lines. Whatever comes is a message or a DriverError.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fuzz/target.h"
#include "protocol/channel.h"
#include "protocol/message.h"
#include "suite/results.h"

namespace psq::conformance {
namespace {

struct Ends {
  Fd driver;
  Channel suite;
};

Ends connect() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) std::abort();
  return {Fd{ends[0]}, Channel{Fd{ends[1]}}};
}

/// What the suite does with each kind of message.
void use(const Incoming& incoming) {
  if (incoming.kind == Incoming::Kind::kHello) {
    ResultFile file{""};
    file.implementation(incoming.hello);
  } else if (incoming.kind != Incoming::Kind::kBegan) {
    static_cast<void>(describe(incoming.answer));
  }
}

void take(std::string_view line) {
  try {
    use(decode(line));
  } catch (const DriverError&) {
    // the documented end of a message that is none
  }
}

}  // namespace
}  // namespace psq::conformance

/// The first byte says in which pieces the rest arrives.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace psq::conformance;
  if (size == 0) return 0;
  const std::size_t piece = 7 + std::size_t{data[0]} * 64;
  std::string_view rest{reinterpret_cast<const char*>(data + 1), size - 1};
  Ends ends = connect();
  try {
    while (!rest.empty()) {
      const auto sent = ::send(ends.driver.get(), rest.data(), std::min(piece, rest.size()), 0);
      if (sent <= 0) std::abort();
      rest.remove_prefix(static_cast<std::size_t>(sent));
      ends.suite.receive(take);
    }
    ends.driver.reset();
    ends.suite.receive(take);
    if (ends.suite.open()) std::abort();
  } catch (const DriverError&) {
    // a line that is too long
  }
  return 0;
}
