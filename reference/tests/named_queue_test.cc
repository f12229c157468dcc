// Queues that programs find by a name in the file system.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "psq/psq.h"
#include "tests/child.h"

namespace psq::test {
namespace {

using namespace std::chrono_literals;

// A folder of the test's own, which others may enter.
class NamedQueue : public testing::Test {
 protected:
  NamedQueue() {
    std::string name = (std::filesystem::temp_directory_path() / "psq-named-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    chmod(folder_.c_str(), 0755);
  }
  ~NamedQueue() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name = "queue") const { return folder_ / name; }
  [[nodiscard]] bool is_empty() const { return std::filesystem::is_empty(folder_); }

  // What opening a queue there says.
  template <typename Q = Queue<int>>
  static std::string refusal(const std::string& path) {
    try {
      (void)Q::open_at(path);
    } catch (const Error& error) {
      return error.what();
    }
    return "opened";
  }

  // Overwrites bytes of the file.
  static void write_at(const std::string& path, std::streamoff offset, const std::string& bytes) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(offset);
    file << bytes;
    EXPECT_TRUE(file.flush());
  }

 private:
  std::filesystem::path folder_;
};

// The child was forked before there was a queue, so it has inherited nothing of it.
TEST_F(NamedQueue, UnrelatedProcessesMeet) {
  SimpleQueue<int> created;
  Child stranger([&] {
    (void)created.get(10s);
    auto queue = JoinableQueue<std::string>::open_at(path());
    queue.put(queue.get(10s) + "b");
    queue.put(std::string(300'000, 'x'));
    queue.task_done();
    queue.close();
    queue.join_thread();
    return 0;
  });
  auto queue = JoinableQueue<std::string>::create_at(path(), {.maxsize = 5});
  queue.put("a");
  created.put(1);
  EXPECT_EQ(stranger.status(), 0);
  EXPECT_EQ(queue.get(10s), "ab");
  EXPECT_EQ(queue.get(10s), std::string(300'000, 'x'));
  queue.task_done();
  queue.task_done();
  EXPECT_TRUE(queue.join(10s));
  EXPECT_EQ(queue.qsize(), 0U);
}

TEST_F(NamedQueue, EachKindHasAName) {
  auto simple = SimpleQueue<int>::create_at(path("simple"));
  auto plain = Queue<int>::create_at(path("plain"), {.maxsize = 1});
  simple.put(1);
  plain.put(2);
  EXPECT_EQ(SimpleQueue<int>::open_at(path("simple")).get(10s), 1);
  auto same = Queue<int>::open_at(path("plain"));
  EXPECT_TRUE(same.full());
  EXPECT_EQ(same.get(10s), 2);
  EXPECT_EQ(refusal(path("simple")), path("simple") + " is a simple-queue and no queue of psq");
  EXPECT_EQ(refusal<JoinableQueue<int>>(path("plain")),
            path("plain") + " is a queue and no joinable-queue of psq");
}

TEST_F(NamedQueue, TheFileOutlivesItsProcessesAndTheQueueItsFile) {
  {
    Child creator([&] {
      auto queue = SimpleQueue<int>::create_at(path());
      queue.put(7);
      return 0;
    });
    EXPECT_EQ(creator.status(), 0);
  }
  auto queue = SimpleQueue<int>::open_at(path());
  std::filesystem::remove(path());
  EXPECT_EQ(queue.get(10s), 7);
  queue.put(8);
  EXPECT_EQ(queue.get(10s), 8);
  EXPECT_NE(refusal<SimpleQueue<int>>(path()).find("No such file"), std::string::npos);
  EXPECT_TRUE(is_empty());
}

TEST_F(NamedQueue, ATakenNameIsAnError) {
  const auto queue = Queue<int>::create_at(path());
  try {
    (void)Queue<int>::create_at(path());
    FAIL() << "the name was given twice";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.code().value(), EEXIST) << error.what();
  }
  EXPECT_THROW((void)Queue<int>::create_at(path("nowhere/queue")), SystemError);
}

// As another user, where the test's own user may open everything.
TEST_F(NamedQueue, TheModeSaysWhoMayOpenIt) {
  const mode_t before = umask(077);
  auto everyones = Queue<int>::create_at(path("everyones"), {}, 0666);
  auto nobodys = Queue<int>::create_at(path("nobodys"), {}, 0000);
  const auto readable = Queue<int>::create_at(path("readable"), {}, 0444);
  const auto own = Queue<int>::create_at(path("own"));
  umask(before);
  EXPECT_EQ(std::filesystem::status(path("own")).permissions(), std::filesystem::perms(0600));
  Child other([&] {
    if (geteuid() == 0 && setuid(65534) != 0) return 1;
    for (const char* each : {"nobodys", "readable"})
      if (refusal(path(each)).find("Permission denied") == std::string::npos) return 2;
    auto queue = Queue<int>::open_at(path("everyones"));
    queue.put(queue.get(10s) + 1);
    queue.close();
    queue.join_thread();
    return 0;
  });
  everyones.put(1);
  EXPECT_EQ(other.status(), 0);
  EXPECT_EQ(everyones.get(10s), 2);
}

TEST_F(NamedQueue, WhatIsNoQueueIsRefused) {
  std::ofstream(path("text")) << std::string(10'000, 'x');
  std::ofstream(path("nothing")).flush();
  mkfifo(path("fifo").c_str(), 0600);
  for (const char* each : {"text", "nothing", "fifo"})
    EXPECT_EQ(refusal(path(each)), path(each) + " is no queue of psq");
  EXPECT_EQ(refusal("/dev/null"), "/dev/null is no queue of psq");
  EXPECT_NE(refusal(path("")).find("Is a directory"), std::string::npos);
}

TEST_F(NamedQueue, ADamagedQueueIsRefused) {
  const auto create = [&] { (void)Queue<int>::create_at(path()); };
  create();
  write_at(path(), 8, std::string("\x63\0\0\0", 4));
  EXPECT_NE(refusal(path()).find("is a queue of format 99"), std::string::npos);
  std::filesystem::remove(path());
  create();
  write_at(path(), 12, std::string("\40\0\0\0", 4));
  EXPECT_NE(refusal(path()).find("for 32 bits"), std::string::npos);
  std::filesystem::remove(path());
  create();
  write_at(path(), 16, "99.0.0");
  EXPECT_NE(refusal(path()).find("is a queue of psq 99.0.0"), std::string::npos);
  std::filesystem::remove(path());
  create();
  EXPECT_EQ(truncate(path().c_str(), 5000), 0);
  EXPECT_EQ(refusal(path()), path() + " is a queue that was cut short");
  EXPECT_EQ(truncate(path().c_str(), 20), 0);
  EXPECT_EQ(refusal(path()), path() + " is no queue of psq");
  std::filesystem::remove(path());
  create();
  std::filesystem::copy_file(path(), path("copy"));
  EXPECT_NE(refusal(path("copy")).find("is the copy of a queue"), std::string::npos);
  write_at(path(), 72, "z");
  EXPECT_NE(refusal(path()).find("started anew"), std::string::npos);
}

// No put finds later that the file system is full.
// A file with a name may be cut while the queue is used. What is remembered of its size would be
// wrong, and a read of bytes that are not there would kill the process.
TEST_F(NamedQueue, AnItemWhoseBytesWereCutOffIsReported) {
  auto queue = SimpleQueue<std::string>::create_at(path());
  const auto size_without_items = std::filesystem::file_size(path());
  const std::string item(100'000, 'x');
  queue.put(item);
  EXPECT_EQ(queue.get(), item);
  queue.put(item);
  ASSERT_EQ(truncate(path().c_str(), static_cast<off_t>(size_without_items)), 0);
  EXPECT_THROW((void)queue.get(), Corrupted);
}

TEST_F(NamedQueue, ItsMemoryIsReserved) {
  (void)Queue<int>::create_at(path());
  struct stat about {};
  ASSERT_EQ(stat(path().c_str(), &about), 0);
  EXPECT_GE(about.st_blocks * 512, about.st_size);
  EXPECT_GT(about.st_size, 256 * 1024);
}

TEST_F(NamedQueue, CanBeHandedToAProgram) {
  auto queue = Queue<int>::create_at(path());
  const Handle handle = queue.handle();
  // A fork has the descriptors that a program inherits.
  Child program([&] {
    auto same = Queue<int>::from_handle(handle.token());
    same.put(1);
    same.close();
    same.join_thread();
    return 0;
  });
  EXPECT_EQ(program.status(), 0);
  EXPECT_EQ(queue.get(10s), 1);
}

}  // namespace
}  // namespace psq::test
