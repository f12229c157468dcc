// Ends of pipes that travel through connections, and bytes that only look like them.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cstring>
#include <filesystem>
#include <string>

#include "psq/connection.h"
#include "psq/pipe.h"
#include "psq/process.h"
#include "tests/child.h"

namespace psq {
namespace {

using namespace std::chrono_literals;

std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

void write_bytes_raw(const ConnectionBase& connection, const std::string& text) {
  ASSERT_EQ(::write(connection.fd(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

class NoFreeDescriptor {
 public:
  NoFreeDescriptor() {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    const rlimit none{.rlim_cur = 0, .rlim_max = before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  }
  ~NoFreeDescriptor() { EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before_), 0); }
  NoFreeDescriptor(const NoFreeDescriptor&) = delete;
  NoFreeDescriptor& operator=(const NoFreeDescriptor&) = delete;

 private:
  rlimit before_{};
};

const std::string kRecord("\x80\0\0\0\7", 5);

TEST(Handover, ADuplexEndWorksBothWaysInAnotherProcess) {
  auto [line, far] = pipe<std::string>();
  Process child([&far = far] {
    auto end = far.recv_connection<int>();
    end.send(end.recv() + 1);
  });
  auto [x, y] = pipe<int>();
  line.send_connection(y);
  y.close();
  x.send(41);
  EXPECT_EQ(x.recv(), 42);
  child.join();
  EXPECT_EQ(child.exit_code(), 0);
  EXPECT_THROW((void)x.recv(), EndOfStream);
}

TEST(Handover, AnEndKeepsItsDirectionAndIsNotInheritedByExec) {
  auto [line, far] = pipe<std::string>();
  auto [receiver, sender] = pipe<std::string>(one_way);
  line.send_connection(receiver);
  line.send_connection(sender);
  auto got_receiver = far.recv_connection();
  auto got_sender = far.recv_connection();
  EXPECT_TRUE(got_receiver.readable() && !got_receiver.writable());
  EXPECT_TRUE(got_sender.writable() && !got_sender.readable());
  EXPECT_EQ(::fcntl(got_sender.fd(), F_GETFD), FD_CLOEXEC);
  EXPECT_THROW(got_receiver.send("x"), WrongDirection);
  got_sender.send("x");
  EXPECT_EQ(got_receiver.recv(), "x");
  sender.close();
  got_sender.close();
  EXPECT_THROW((void)receiver.recv(), EndOfStream);
}

TEST(Handover, OneWayPipesCarryNoEnds) {
  auto [receiver, sender] = pipe<std::string>(one_way);
  auto [x, y] = pipe<std::string>();
  EXPECT_THROW(sender.send_connection(y), InvalidArgument);
  EXPECT_THROW((void)receiver.recv_connection(), InvalidArgument);
  EXPECT_THROW(receiver.send_connection(y), WrongDirection);
  EXPECT_THROW((void)sender.recv_connection(), WrongDirection);
  sender.close();
  EXPECT_THROW(sender.send_connection(y), Closed);
}

TEST(Handover, AClosedEndIsNotSent) {
  auto [line, far] = pipe<std::string>();
  auto [x, y] = pipe<std::string>();
  y.close();
  EXPECT_THROW(line.send_connection(y), Closed);
  EXPECT_FALSE(far.poll());
  far.close();
  EXPECT_THROW(line.send_connection(x), BrokenPipe);
  EXPECT_THROW((void)line.recv_connection(), EndOfStream);
}

TEST(Handover, AMessageInItsPlaceIsNotLost) {
  auto [line, far] = pipe<std::string>();
  auto [x, y] = pipe<std::string>();
  line.send("");
  line.send(std::string(100000, 'm'));
  line.send_connection(y);
  EXPECT_THROW((void)far.recv_connection(), NotDeserializable);
  EXPECT_EQ(far.recv(), "");
  EXPECT_THROW((void)far.recv_connection(), NotDeserializable);
  EXPECT_EQ(far.recv(), std::string(100000, 'm'));
  auto got = far.recv_connection();
  x.send("whole");
  EXPECT_EQ(got.recv(), "whole");
}

TEST(Handover, AnEndInTheWayOfAMessageGoesAlone) {
  auto [line, far] = pipe<std::string>();
  auto [x, y] = pipe<std::string>();
  const auto before = open_descriptors();
  std::vector<std::byte> room(8);
  for (int i = 0; i < 3; ++i) line.send_connection(y);
  line.send("next");
  EXPECT_THROW((void)far.recv(), NotDeserializable);
  EXPECT_THROW((void)far.recv_bytes(0), NotDeserializable);
  EXPECT_THROW((void)far.recv_bytes_into(room), NotDeserializable);
  EXPECT_EQ(far.recv(), "next");
  EXPECT_EQ(open_descriptors(), before);
}

TEST(Handover, ARecordWithoutADescriptorIsDamage) {
  auto [line, far] = pipe<std::string>();
  write_bytes_raw(line, kRecord);
  line.send("next");
  EXPECT_THROW((void)far.recv_connection(), Corrupted);
  EXPECT_EQ(far.recv(), "next");
  write_bytes_raw(line, kRecord.substr(0, 3));
  line.close();
  EXPECT_THROW((void)far.recv_connection(), Corrupted);
  EXPECT_THROW((void)far.recv_connection(), EndOfStream);
}

// A foreign sender may send several descriptors, or a descriptor with a message that is no end.
TEST(Handover, OddDescriptorsAreClosed) {
  auto [line, far] = pipe<std::string>();
  auto [x, y] = pipe<std::string>();
  const auto before = open_descriptors();
  for (std::string text : {kRecord, std::string("\0\0\0\1m", 5)}) {
    const int two[] = {x.fd(), y.fd()};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof two)]{};
    iovec bytes{text.data(), text.size()};
    msghdr header{};
    header.msg_iov = &bytes;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    *CMSG_FIRSTHDR(&header) = {
        .cmsg_len = CMSG_LEN(sizeof two), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    std::memcpy(CMSG_DATA(CMSG_FIRSTHDR(&header)), two, sizeof two);
    ASSERT_EQ(::sendmsg(line.fd(), &header, 0), 5);
  }
  EXPECT_EQ(far.recv_connection().readable(), true);
  EXPECT_THROW((void)far.recv_connection(), NotDeserializable);
  EXPECT_EQ(far.recv(), "m");
  EXPECT_EQ(open_descriptors(), before);
}

TEST(Handover, WithoutAFreeDescriptorItCanBeReceivedLater) {
#ifdef __clang__
  if (test::kAddressSanitizer) {
    GTEST_SKIP() << "the sanitizer needs a free descriptor when it looks at the type of an object";
  }
#endif
  auto [line, far] = pipe<std::string>();
  auto [x, y] = pipe<std::string>();
  line.send_connection(y);
  try {
    const NoFreeDescriptor none;
    (void)far.recv_connection();
    ADD_FAILURE() << "a descriptor was free";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.code().value(), EMFILE);
  }
  auto got = far.recv_connection();
  got.send("later");
  EXPECT_EQ(x.recv(), "later");
}

TEST(Handover, WaitsUnderSignals) {
  auto [line, far] = pipe<std::string>();
  auto [x, y] = pipe<std::string>();
  struct sigaction action {};
  action.sa_handler = [](int) {};
  ASSERT_EQ(sigaction(SIGALRM, &action, nullptr), 0);
  const itimerval often{.it_interval = {0, 2000}, .it_value = {0, 2000}};
  ASSERT_EQ(setitimer(ITIMER_REAL, &often, nullptr), 0);
  std::thread later([&line = line, &y = y] {
    sigset_t alarm;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &alarm, nullptr);
    std::this_thread::sleep_for(50ms);
    line.send_connection(y);
  });
  auto got = far.recv_connection();
  later.join();
  // The handler stays, because one more signal may be pending.
  const itimerval off{};
  ASSERT_EQ(setitimer(ITIMER_REAL, &off, nullptr), 0);
  got.send("x");
  EXPECT_EQ(x.recv(), "x");
}

}  // namespace
}  // namespace psq
