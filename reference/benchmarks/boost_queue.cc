#include "benchmarks/boost_queue.h"

#include <algorithm>
#include <boost/interprocess/ipc/message_queue.hpp>
#include <string>

namespace psq::bench {
namespace {

namespace ipc = boost::interprocess;

constexpr std::size_t kItems = 1000;
constexpr std::size_t kBytes = std::size_t{1} << 20;

class ByBoost {
 public:
  explicit ByBoost(const Load& load)
      : queue_(ipc::create_only, name().c_str(), room_for(load.size),
               std::max<std::size_t>(load.size, 1)) {
    ipc::message_queue::remove(name().c_str());  // The mapping stays.
  }
  void put(const std::string& item) { queue_.send(item.data(), item.size(), 0); }
  void take(std::string& item) {
    char least = 0;
    ipc::message_queue::size_type size = 0;
    unsigned priority = 0;
    char* const room = item.empty() ? &least : item.data();
    queue_.receive(room, std::max<std::size_t>(item.size(), 1), size, priority);
  }
  void finish() {}

 private:
  static std::string name() { return "psq-measure-" + std::to_string(getpid()); }
  static std::size_t room_for(std::size_t size) {
    return std::clamp<std::size_t>(kBytes / std::max<std::size_t>(size, 1), 4, kItems);
  }
  ipc::message_queue queue_;
};

}  // namespace

Rate boost_throughput(const Load& load) {
  ByBoost carrier(load);
  return throughput(carrier, load);
}

Rate boost_round_trips(const Load& load) {
  ByBoost there(load);
  ByBoost back(load);
  return round_trips(there, back, load);
}

Delays boost_delays(const Load& load) {
  ByBoost there(load);
  ByBoost back(load);
  return delays(there, back, load);
}

}  // namespace psq::bench
