#include "protocol/driver_log.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <fstream>
#include <mutex>

namespace psq::conformance {
namespace {

constexpr auto kBetweenLooksAtLog = std::chrono::milliseconds{50};
constexpr std::int64_t kMostOnDisk = std::int64_t{16} << 20;
constexpr std::int64_t kKeptOfEach = std::int64_t{1} << 20;  // of the beginning, and of the end
constexpr std::int64_t kBlock = 512;                         // of stat

constexpr std::int64_t kShownOfBeginning = 400;
constexpr std::int64_t kShownOfEnd = 2000;

// Gives the blocks in the middle back to the system. The size stays, and with it where the next
// line goes. A file system that cannot do this keeps all.
void keep_short(const Fd& log) {
  struct stat about {};
  if (::fstat(log.get(), &about) != 0 || about.st_blocks * kBlock <= kMostOnDisk) return;
  static_cast<void>(::fallocate(log.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, kKeptOfEach,
                                about.st_size - 2 * kKeptOfEach));
}

void keep_short_until(const std::stop_token& stop, const Fd& log) {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock{mutex};
  const auto asked = [&] { return stop.stop_requested(); };
  while (!stopped.wait_for(lock, stop, kBetweenLooksAtLog, asked)) keep_short(log);
}

std::string part_of(std::ifstream& in, std::int64_t from, std::int64_t size) {
  std::string text(static_cast<std::size_t>(size), '\0');
  in.seekg(from);
  in.read(text.data(), size);
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

}  // namespace

DriverLog::DriverLog(std::filesystem::path file)
    : file_(std::move(file)),
      descriptor_(::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)),
      keeper_([this](const std::stop_token& stop) { keep_short_until(stop, descriptor_); }) {}

std::string DriverLog::excerpt() const { return without_middle(kShownOfBeginning, kShownOfEnd); }

std::string DriverLog::text() const { return without_middle(kKeptOfEach, kKeptOfEach); }

std::string DriverLog::without_middle(std::int64_t beginning, std::int64_t end) const {
  struct stat about {};
  if (::fstat(descriptor_.get(), &about) != 0) return {};
  const std::int64_t left_out = about.st_size - beginning - end;
  std::ifstream in{file_, std::ios::binary};
  if (left_out <= 0) return part_of(in, 0, about.st_size);
  return part_of(in, 0, beginning) + "\n[" + std::to_string(left_out) + " bytes are left out]\n" +
         part_of(in, about.st_size - end, end);
}

}  // namespace psq::conformance
