// Queues of drivers that have none with a bound, or none but those.
#include <algorithm>

#include "suite/scenario.h"

namespace psq::conformance {
namespace {

// More items than any test has in a queue that it creates without a bound, and than all have but
// those that look at the driver's largest bound first.
constexpr std::int64_t kRoomForAll = 100'000;
constexpr std::int64_t kRoomForMost = 65'536;

Request of_bound(CreatedType type, std::int64_t maxsize) {
  Request request = creation(type, {"of_undeclared_bound"});
  request.arguments.maxsize = maxsize;
  return request;
}

}  // namespace

void Scenario::needs_unbounded(const std::string& process, CreatedType type) {
  if (!hello().bounds.contains("unbounded"))
    probe_undeclared(process, of_bound(type, 0), "queues without a bound");
}

std::int64_t Scenario::bound(const std::string& process, CreatedType type, std::int64_t wanted) {
  if (wanted > 0) {
    if (!hello().bounds.contains("bounded"))
      probe_undeclared(process, of_bound(type, wanted), "queues with a bound");
    return wanted;
  }
  if (hello().bounds.contains("unbounded")) return wanted;
  const auto largest = hello().limits.find("maxsize");
  if (largest == hello().limits.end() || largest->second < kRoomForMost)
    needs_unbounded(process, type);
  return std::min(largest->second, kRoomForAll);
}

}  // namespace psq::conformance
