// Queues in executed programs, where the shared memory is at other addresses.

#include <fcntl.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/death.h"

namespace psq::test {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

class Executed : public testing::Test {
 protected:
  // Runs the function `what` of executed_program.cc with a queue, in a child.
  template <typename Q>
  static Process run(const std::string& what, const Q& queue, const std::string& more = "0") {
    return Process{[&queue, what, more] {
      const Handle handle = queue.handle();
      execute({PSQ_EXECUTED_PROGRAM, what, handle.token(), more});
    }};
  }

  static std::ptrdiff_t open_descriptors() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  }

  const EndsOrFails limit_;
};

TEST_F(Executed, AQueueWorksBothWays) {
  Queue<std::string> queue;
  queue.put("ab");
  Process program = run("echo", queue);
  program.join();
  EXPECT_EQ(program.exit_code(), 0);
  EXPECT_EQ(queue.get(kSoon), "abab");
  EXPECT_EQ(queue.qsize(), 0U);
}

TEST_F(Executed, TasksAreCountedAndSlotsFreed) {
  JoinableQueue<std::string> tasks{{.maxsize = 2}};
  Process program = run("tasks", tasks, "50");
  for (int i = 0; i < 50; ++i) tasks.put(item(i), kSoon);  // Some items are longer than the ring.
  EXPECT_TRUE(tasks.join(kSoon));
  program.join();
  EXPECT_EQ(program.exit_code(), 0);
  EXPECT_THROW(tasks.task_done(), TaskDoneTooOften);
}

TEST_F(Executed, ATokenPassedThroughASimpleQueueIsACounter) {
  SimpleQueue<int> token;
  token.put(0);
  {
    Process first = run("count", token);
    Process second = run("count", token);
  }
  EXPECT_EQ(token.get(), 2000);
}

TEST_F(Executed, AHandleIsUsedOnce) {
  Queue<std::string> queue;
  Process program = run("twice", queue);
  program.join();
  EXPECT_EQ(program.exit_code(), 0);
  EXPECT_NE(queue.get(kSoon).find("was used before"), std::string::npos);
}

TEST_F(Executed, AMissingProgramIsAnError) {
  Queue<std::string> queue;
  Process program{[] {
    EXPECT_THROW(execute({}), InvalidArgument);
    execute({"/nonexistent"});
  }};
  program.join();
  EXPECT_EQ(program.exit_code(), 1);
}

TEST_F(Executed, AFailureLeavesTheQueuesClosed) {
  Queue<int> used;
  Queue<int> first_used_later;
  Process program{[&] {
    used.put(1);
    EXPECT_THROW(execute({"/nonexistent"}), SystemError);
    EXPECT_THROW(used.put(2), Closed);
    EXPECT_THROW(first_used_later.put(2), Closed);
    Queue<int> made_later;
    made_later.put(3);
    EXPECT_EQ(made_later.get(kSoon), 3);
    psq::exit(testing::Test::HasFailure() ? 2 : 0);
  }};
  program.join();
  EXPECT_EQ(program.exit_code(), 0);
}

TEST_F(Executed, WhatWasPutBeforeIsNotLost) {
  Queue<std::string> queue;
  Process program{[&] {
    for (int i = 0; i < 100; ++i) queue.put(item(i));
    execute({"true"});
  }};
  for (int i = 0; i < 100; ++i) ASSERT_EQ(number_of(queue.get(kSoon)), i);
  program.join();
  EXPECT_EQ(program.exit_code(), 0);
}

// A survivor, where the memory is at another address, finishes the counts that the victim began.
TEST_F(Executed, ADyingProgramLeavesNothingHalfDone) {
  for (const char* point : {"item-counted", "frame-written", "last-commit-saved", "committed"}) {
    SCOPED_TRACE(point);
    Tasks tasks{{.maxsize = kBound}};
    Process program = run("die", tasks, point);
    if (!program.join(kSoon)) program.kill();
    ASSERT_EQ(program.exit_code(), -SIGKILL);
    int come = 0;
    while (const auto got = tasks.try_get()) {
      EXPECT_EQ(*got, "item " + std::to_string(come++));
      tasks.task_done();
    }
    EXPECT_TRUE(tasks.join(kSoon));
    expect_works(tasks);
  }
}

std::string refusal(const std::string& token) {
  try {
    (void)Queue<int>::from_handle(token);
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "taken";
}

TEST_F(Executed, WhatIsNoHandleIsRefused) {
  const auto before = open_descriptors();
  {
    Queue<int> queue;
    const SimpleQueue<int> other;
    std::string gone;
    {
      const Handle handle = queue.handle();
      gone = handle.token();
      const std::string start = gone.substr(0, gone.rfind(':') + 1);
      for (const std::string& token : {std::string(), std::string("psq"), other.handle().token(),
                                       JoinableQueue<int>().handle().token()}) {
        EXPECT_NE(refusal(token).find("is no handle of a queue"), std::string::npos) << token;
      }
      EXPECT_NE(refusal(start).find("no whole handle"), std::string::npos);
      EXPECT_NE(refusal(gone + "x").find("no whole handle"), std::string::npos);
      for (const char* descriptor : {"0", "9999", "-1"}) {
        EXPECT_NE(refusal(start + descriptor).find("nothing that this program"), std::string::npos);
      }
      // The token of one queue with the descriptor of another does not open either.
      const Queue<int> another;
      const Handle its = another.handle();
      const std::string mixed = start + its.token().substr(its.token().rfind(':') + 1);
      EXPECT_NE(refusal(mixed).find("nothing that this program"), std::string::npos);
    }
    EXPECT_NE(refusal(gone).find("nothing that this program"), std::string::npos);
    queue.put(1);
    EXPECT_EQ(queue.get(kSoon), 1);
  }
  // An ending feeder thread may still hold the memory; one of a test before might do so at first.
  await([&] { return open_descriptors() <= before; });
}

// The token of a queue with one of its parts changed; "" removes the part.
std::string with_part(const std::string& token, std::size_t which, const std::string& value) {
  std::vector<std::string> parts;
  std::istringstream stream(token);
  for (std::string part; std::getline(stream, part, ':');) parts.push_back(part);
  parts.at(which) = value;
  std::string changed;
  for (const std::string& part : parts) {
    if (!part.empty()) changed += (changed.empty() ? "" : ":") + part;
  }
  return changed;
}

std::string version_of(int major, int minor, int patch) {
  return std::to_string(major) + '.' + std::to_string(minor) + '.' + std::to_string(patch);
}

TEST_F(Executed, AHandleOfAnotherVersionIsRefusedByItsName) {
  const Queue<int> queue;
  const Handle handle = queue.handle();
  const std::string& token = handle.token();
  for (const std::string& version :
       {version_of(PSQ_VERSION_MAJOR + 1, PSQ_VERSION_MINOR, PSQ_VERSION_PATCH),
        version_of(PSQ_VERSION_MAJOR, PSQ_VERSION_MINOR + 1, PSQ_VERSION_PATCH), "100.0.0"s}) {
    const std::string changed = with_part(token, 1, version);
    const std::string both =
        "is of psq " + version + ", and this program has psq " PSQ_VERSION_STRING;
    EXPECT_NE(refusal(changed).find(both), std::string::npos) << refusal(changed);
    // A later version may know more parts, or fewer.
    EXPECT_NE(refusal(changed + ":more").find(both), std::string::npos);
    EXPECT_NE(refusal(with_part(changed, 3, "")).find(both), std::string::npos);
  }
  EXPECT_NE(refusal(with_part(token, 3, "")).find("is no whole handle"), std::string::npos);
}

TEST_F(Executed, AHandleOfAnotherFormatOrWordSizeIsRefused) {
  const Queue<int> queue;
  const Handle handle = queue.handle();
  const std::string format = refusal(with_part(handle.token(), 2, "1000"));
  EXPECT_NE(format.find("shared memory of format 1000"), std::string::npos) << format;
  const std::string bits = refusal(with_part(handle.token(), 3, "16"));
  EXPECT_NE(bits.find("of a program of 16 bits, and this program has " +
                      std::to_string(8 * sizeof(void*))),
            std::string::npos)
      << bits;
}

TEST_F(Executed, AHandleOfAnotherPatchVersionIsTaken) {
  Queue<std::string> queue;
  queue.put("ab");
  Process program{[&] {
    const Handle handle = queue.handle();
    execute({PSQ_EXECUTED_PROGRAM, "echo",
             with_part(handle.token(), 1,
                       version_of(PSQ_VERSION_MAJOR, PSQ_VERSION_MINOR, PSQ_VERSION_PATCH + 1))});
  }};
  program.join();
  EXPECT_EQ(program.exit_code(), 0);
  EXPECT_EQ(queue.get(kSoon), "abab");
}

}  // namespace
}  // namespace psq::test
