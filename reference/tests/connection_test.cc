// Connections byte by byte, and what a well-behaved other end never does.

#include "psq/connection.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include <cstring>
#include <fstream>
#include <string>
#include <thread>

#include "psq/pipe.h"
#include "src/clock.h"
#include "src/sanitizers.h"
#include "tests/child.h"

namespace psq {
namespace {

using namespace std::chrono_literals;

std::vector<std::byte> bytes_of(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

// Writes what no connection would.
void write_raw(const ConnectionBase& connection, const std::string& text) {
  ASSERT_EQ(::write(connection.fd(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

// From now on this process gets no more address space than this.
void limit_address_space(std::size_t more) {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const rlim_t most = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + more;
  const rlimit limit{.rlim_cur = most, .rlim_max = most};
  ASSERT_EQ(setrlimit(RLIMIT_AS, &limit), 0);
}

std::string read_raw(const ConnectionBase& connection, std::size_t size) {
  std::string text(size, '\0');
  EXPECT_EQ(::recv(connection.fd(), text.data(), size, MSG_WAITALL), static_cast<ssize_t>(size));
  return text;
}

// The header of a message of so many bytes, none of which has to be there to be read.
std::string header_of(std::size_t length, std::size_t size) {
  void* const nothing =
      ::mmap(nullptr, length + 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  EXPECT_NE(nothing, MAP_FAILED);
  auto [left, right] = pipe<std::string>();
  std::thread sending([&sender = left, nothing, length] {
    try {
      sender.send_bytes({static_cast<const std::byte*>(nothing), length});
    } catch (const Error&) {
      // The receiver has seen enough.
    }
  });
  std::string header = read_raw(right, size);
  right.close();
  sending.join();
  ::munmap(nothing, length + 1);
  return header;
}

TEST(Framing, HeadersArePythons) {
  EXPECT_EQ(header_of(0, 4), std::string("\0\0\0\0", 4));
  EXPECT_EQ(header_of(0x01020304, 4), "\1\2\3\4");
  EXPECT_EQ(header_of(0x7fffffff, 4), "\x7f\xff\xff\xff");
  EXPECT_EQ(header_of(0x80000000, 12), std::string("\xff\xff\xff\xff\0\0\0\0\x80\0\0\0", 12));
}

TEST(Framing, ShortMessagesAreWrittenAtOnceAndLongOnesAreNot) {
  // A datagram socket shows each write as it was made.
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends), 0);
  Connection<std::string> sender(ends[0], ConnectionBase::kDuplex);
  const Connection<std::string> other(ends[1], ConnectionBase::kDuplex);
  const auto writes_of = [&](std::size_t size) {
    sender.send(std::string(size, 'x'));
    std::vector<ssize_t> writes;
    std::string room(1 << 20, '\0');
    for (ssize_t got = 0;;) {
      got = ::recv(other.fd(), room.data(), room.size(), MSG_DONTWAIT);
      if (got < 0) return writes;
      writes.push_back(got);
    }
  };
  EXPECT_EQ(writes_of(0), std::vector<ssize_t>{4});
  EXPECT_EQ(writes_of(16384), std::vector<ssize_t>{16388});
  EXPECT_EQ(writes_of(16385), (std::vector<ssize_t>{4, 16385}));
}

TEST(Connection, SendsPythonsBytes) {
  auto [left, right] = pipe<std::string>();
  left.send("hello");
  EXPECT_EQ(read_raw(right, 9), std::string("\0\0\0\5hello", 9));
}

TEST(Connection, ReceivesTheLongHeaderToo) {
  auto [left, right] = pipe<std::string>();
  write_raw(left, std::string("\xff\xff\xff\xff\0\0\0\0\0\0\0\3abc", 15));
  EXPECT_EQ(right.recv(), "abc");
}

TEST(Connection, SaysThatAStreamIsCorrupted) {
  const std::string negative("\xff\xff\xff\xfe", 4);
  const std::string impossible("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12);
  const std::string in_header("\0\0", 2);
  const std::string after_header("\0\0\0\5", 4);
  const std::string in_long_header("\xff\xff\xff\xff\0\0", 6);
  const std::string in_body("\0\0\0\5hell", 8);
  // Announces 2 GiB, which a receiver must not allocate before it arrives.
  const std::string huge("\x7f\xff\xff\xff", 4);
  for (const auto& text :
       {negative, impossible, in_header, after_header, in_long_header, in_body, huge}) {
    auto [receiver, sender] = pipe<std::string>(one_way);
    write_raw(sender, text);
    sender.close();
    EXPECT_THROW((void)receiver.recv(), Corrupted);
  }
}

// The rest of the message would be taken for messages.
TEST(Connection, ReceivesNothingAfterAMessageForWhichThereWasNoMemory) {
  if (test::kAddressSanitizer || detail::kThreadSanitizer) {
    GTEST_SKIP() << "a sanitizer needs more address space than the limit";
  }
  for (const Ways ways : {one_way, both_ways}) {
    auto [receiver, sender] = pipe<std::string>(ways);
    test::Child child([&receiver = receiver, &sender = sender, ways] {
      sender.close();
      limit_address_space(std::size_t{32} << 20);
      EXPECT_THROW((void)receiver.recv(), SystemError);
      EXPECT_FALSE(receiver.readable());
      EXPECT_EQ(receiver.writable(), ways == both_ways);
      EXPECT_THROW((void)receiver.recv(), Error);
      return testing::Test::HasFailure() ? 1 : 0;
    });
    receiver.close();
    EXPECT_THROW(sender.send(std::string(std::size_t{128} << 20, 'x')), Error);
    EXPECT_EQ(child.status(), 0);
  }
}

TEST(Connection, EndsCleanlyBetweenMessagesOnly) {
  auto [receiver, sender] = pipe<std::string>(one_way);
  sender.send("last");
  sender.close();
  EXPECT_TRUE(receiver.poll());
  EXPECT_EQ(receiver.recv(), "last");
  EXPECT_THROW((void)receiver.recv(), EndOfStream);
  EXPECT_THROW((void)receiver.recv(), EndOfStream);
}

TEST(Connection, ABrokenPipeRaisesNoSignalAndLeavesNoneBehind) {
  for (const bool duplex : {false, true}) {
    auto [receiver, sender] = duplex ? pipe<std::string>() : pipe<std::string>(one_way);
    receiver.close();
    EXPECT_THROW(sender.send("x"), BrokenPipe);
    EXPECT_THROW(sender.send(std::string(100000, 'x')), BrokenPipe);
    sigset_t now;
    ASSERT_EQ(sigpending(&now), 0);
    EXPECT_FALSE(sigismember(&now, SIGPIPE));
    ASSERT_EQ(pthread_sigmask(SIG_SETMASK, nullptr, &now), 0);
    EXPECT_FALSE(sigismember(&now, SIGPIPE));
  }
}

// Lets writes without SIGPIPE fail as they do before Linux 6.18, from now on, in this process.
void become_older() {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pwritev2, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{.len = std::size(program), .filter = program};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) throw SystemError("prctl", errno);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) throw SystemError("prctl", errno);
}

TEST(Connection, OnAnOlderSystemABrokenPipeRaisesNoSignalEither) {
  test::Child child([] {
    become_older();
    auto [receiver, sender] = pipe<std::string>(one_way);
    sender.send("x");
    if (receiver.recv() != "x") return 1;
    receiver.close();
    for (const bool is_kept_away : {false, true}) {
      sigset_t sigpipe;
      sigemptyset(&sigpipe);
      sigaddset(&sigpipe, SIGPIPE);
      pthread_sigmask(is_kept_away ? SIG_BLOCK : SIG_UNBLOCK, &sigpipe, nullptr);
      try {
        sender.send("x");
        return 2;
      } catch (const BrokenPipe&) {
        // As it has to be.
      }
      sigset_t now;
      sigpending(&now);
      // One that the program keeps away is the program's.
      if ((sigismember(&now, SIGPIPE) == 1) != is_kept_away) return 3;
      pthread_sigmask(SIG_SETMASK, nullptr, &now);
      if ((sigismember(&now, SIGPIPE) == 1) != is_kept_away) return 4;
    }
    return 0;
  });
  EXPECT_EQ(child.status(), 0);
}

TEST(Connection, AResetIsNoEndOfStream) {
  auto [left, right] = pipe<std::string>();
  left.send("unread");
  right.close();
  EXPECT_THROW((void)left.recv(), ConnectionReset);
}

TEST(Connection, DirectionIsCheckedBeforeAnythingElse) {
  auto [receiver, sender] = pipe<std::string>(one_way);
  EXPECT_THROW(receiver.send_bytes(bytes_of("abc"), -1), WrongDirection);
  EXPECT_THROW((void)sender.recv_bytes(-1), WrongDirection);
  EXPECT_THROW((void)sender.poll(), WrongDirection);
  sender.close();
  EXPECT_THROW(sender.send_bytes(bytes_of("abc"), -1), Closed);
}

TEST(Connection, BadSlicesSendNothing) {
  auto [left, right] = pipe<std::string>();
  const auto abc = bytes_of("abc");
  EXPECT_THROW(left.send_bytes(abc, -1), InvalidArgument);
  EXPECT_THROW(left.send_bytes(abc, 4), InvalidArgument);
  EXPECT_THROW(left.send_bytes(abc, 2, 2), InvalidArgument);
  EXPECT_THROW(left.send_bytes(abc, 0, -1), InvalidArgument);
  EXPECT_FALSE(right.poll());
  left.send_bytes(abc, 3);
  left.send_bytes(abc, 1, 1);
  EXPECT_EQ(right.recv_bytes(), bytes_of(""));
  EXPECT_EQ(right.recv_bytes(), bytes_of("b"));
}

TEST(Connection, AMessageThatIsTooLongClosesTheReadingSide) {
  auto [left, right] = pipe<std::string>();
  EXPECT_THROW((void)right.recv_bytes(-1), InvalidArgument);
  left.send_bytes(bytes_of("four"));
  EXPECT_EQ(right.recv_bytes(4), bytes_of("four"));
  left.send_bytes(bytes_of("fives"));
  EXPECT_THROW((void)right.recv_bytes(4), MessageTooLong);
  EXPECT_FALSE(right.readable());
  EXPECT_TRUE(right.writable());
  EXPECT_FALSE(right.closed());
  EXPECT_THROW((void)right.recv_bytes(), WrongDirection);

  auto [receiver, sender] = pipe<std::string>(one_way);
  sender.send("fives");
  EXPECT_THROW((void)receiver.recv_bytes(4), MessageTooLong);
  EXPECT_TRUE(receiver.closed());
}

TEST(Connection, AMessageThatDoesNotFitComesWithTheError) {
  auto [left, right] = pipe<std::string>();
  std::vector<std::byte> room(6);
  EXPECT_THROW((void)right.recv_bytes_into(room, 7), InvalidArgument);
  EXPECT_THROW((void)right.recv_bytes_into(room, -1), InvalidArgument);
  left.send_bytes(bytes_of("hello"));
  left.send_bytes(bytes_of("hi"));
  try {
    (void)right.recv_bytes_into(room, 2);
    FAIL() << "it fitted";
  } catch (const BufferTooShort& error) {
    EXPECT_EQ(error.message(), bytes_of("hello"));
  }
  EXPECT_EQ(right.recv_bytes_into(room, 4), 2U);
  EXPECT_EQ(room, bytes_of(std::string("\0\0\0\0hi", 6)));
}

TEST(Connection, WaitReturnsWhatIsReadyInOrder) {
  auto [left, right] = pipe<std::string>();
  auto [receiver, sender] = pipe<std::string>(one_way);
  const std::vector<Connection<std::string>*> all{&sender, &right, &receiver};
  EXPECT_TRUE(wait(all, no_wait).empty());
  sender.send("x");
  left.send("y");
  EXPECT_EQ(wait(all), (std::vector<Connection<std::string>*>{&right, &receiver}));
  receiver.close();
  EXPECT_THROW((void)wait(all), Closed);
  // A sender is ready when its receiver is gone.
  EXPECT_EQ(wait(std::vector<ConnectionBase*>{&sender}), std::vector<ConnectionBase*>{&sender});
  EXPECT_THROW((void)wait(std::vector<ConnectionBase*>{nullptr}), InvalidArgument);
}

TEST(Connection, PollKeepsItsDeadlineUnderSignals) {
  auto [left, right] = pipe<std::string>();
  struct sigaction action {};
  action.sa_handler = [](int) {};
  ASSERT_EQ(sigaction(SIGALRM, &action, nullptr), 0);
  const itimerval often{.it_interval = {0, 5000}, .it_value = {0, 5000}};
  ASSERT_EQ(setitimer(ITIMER_REAL, &often, nullptr), 0);
  const auto begin = detail::Clock::now();
  EXPECT_FALSE(right.poll(100ms));
  EXPECT_GE(detail::Clock::now() - begin, 100ms);

  // And a message that trickles in under signals is received whole.
  std::thread trickle([&sender = left] {
    for (const char c : std::string("\0\0\0\3abc", 7)) {
      std::this_thread::sleep_for(7ms);
      write_raw(sender, std::string(1, c));
    }
  });
  EXPECT_EQ(right.recv(), "abc");
  trickle.join();
  // The handler stays: one more signal may be on its way.
  const itimerval off{};
  ASSERT_EQ(setitimer(ITIMER_REAL, &off, nullptr), 0);
}

TEST(Connection, ClosingIsIdempotentAndMovingKeepsTheDescriptor) {
  auto [left, right] = pipe<std::string>();
  const int descriptor = left.fd();
  Connection<std::string> moved = std::move(left);
  EXPECT_EQ(moved.fd(), descriptor);
  moved.close();
  moved.close();
  EXPECT_TRUE(moved.closed());
  EXPECT_EQ(moved.fd(), -1);
  EXPECT_THROW((void)right.recv(), EndOfStream);
}

}  // namespace
}  // namespace psq
