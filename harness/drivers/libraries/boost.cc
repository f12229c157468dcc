// The driver of boost::interprocess::message_queue.
#include <psq/driver/queue_driver.h>
#include <unistd.h>

#include <atomic>
#include <boost/date_time/posix_time/posix_time_types.hpp>
#include <boost/interprocess/ipc/message_queue.hpp>
#include <boost/version.hpp>
#include <cmath>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

#include "patience.h"

namespace ipc = boost::interprocess;
namespace driver = psq::driver;

namespace {

// The library takes the memory of all messages at creation, of which the kernel gives what is used.
constexpr std::size_t kLongest = 1U << 22;
constexpr std::int64_t kMaxsize = 65'536;

std::string new_name() {
  static std::atomic<int> made = 0;
  return "psq-boost-" + std::to_string(::getpid()) + "-" + std::to_string(made++);
}

// The library's time is the wall clock's, in whole microseconds. The end of a call is rounded up.
boost::posix_time::ptime after(driver::Seconds wait) {
  using boost::posix_time::microsec_clock;
  const double microseconds = std::ceil(wait.count() * 1e6) + 1;
  return microsec_clock::universal_time() +
         boost::posix_time::microseconds(static_cast<std::int64_t>(microseconds));
}

class BoostQueue {
 public:
  struct Empty : std::runtime_error {
    Empty() : std::runtime_error("the queue is empty") {}
  };
  struct Full : std::runtime_error {
    Full() : std::runtime_error("the queue is full") {}
  };

  explicit BoostQueue(std::int64_t maxsize) : BoostQueue(maxsize, new_name()) {}

  void put(const std::string& bytes, bool block, std::optional<driver::Seconds> timeout) {
    const auto wait = psq::libraries::patience_of(block, timeout, kLongestWait);
    if (!wait) return queue_.send(bytes.data(), bytes.size(), 0);
    const bool sent = wait->count() == 0
                          ? queue_.try_send(bytes.data(), bytes.size(), 0)
                          : queue_.timed_send(bytes.data(), bytes.size(), 0, after(*wait));
    if (!sent) throw Full();
  }

  std::string get(bool block, std::optional<driver::Seconds> timeout) {
    const auto wait = psq::libraries::patience_of(block, timeout, kLongestWait);
    thread_local std::string buffer(kLongest, '\0');
    ipc::message_queue::size_type size = 0;
    unsigned int priority = 0;
    bool received = true;
    if (!wait)
      queue_.receive(buffer.data(), buffer.size(), size, priority);
    else if (wait->count() == 0)
      received = queue_.try_receive(buffer.data(), buffer.size(), size, priority);
    else
      received = queue_.timed_receive(buffer.data(), buffer.size(), size, priority, after(*wait));
    if (!received) throw Empty();
    return buffer.substr(0, size);
  }

  std::int64_t qsize() { return static_cast<std::int64_t>(queue_.get_num_msg()); }
  bool empty() { return queue_.get_num_msg() == 0; }
  bool full() { return queue_.get_num_msg() == queue_.get_max_msg(); }

 private:
  static constexpr driver::Seconds kLongestWait{1e9};  // 30 years

  // The name goes at once: a child has the memory from its parent, and nothing is left behind.
  BoostQueue(std::int64_t maxsize, const std::string& name)
      : queue_(ipc::create_only, name.c_str(), checked(maxsize), kLongest) {
    ipc::message_queue::remove(name.c_str());
  }

  static std::size_t checked(std::int64_t maxsize) {
    if (maxsize > kMaxsize) throw std::invalid_argument("more messages than this driver's largest");
    return static_cast<std::size_t>(maxsize);
  }

  ipc::message_queue queue_;
};

std::string version() {
  return std::to_string(BOOST_VERSION / 100'000) + "." +
         std::to_string(BOOST_VERSION / 100 % 1000) + "." + std::to_string(BOOST_VERSION % 100);
}

}  // namespace

int main() {
  return driver::serve_queue<BoostQueue>(
      {.implementation = "library-boost",
       .version = version(),
       .processes = true,
       .bounds = {"bounded"},
       .options = {"signal_handler"},
       .limits = {{"max_item_bytes", kLongest}, {"maxsize", kMaxsize}}});
}
