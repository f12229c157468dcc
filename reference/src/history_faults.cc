#include "src/history_faults.h"

#ifdef PSQ_FAULTS

namespace psq::detail {
namespace {

constexpr std::size_t kLarge = 65'536;

}  // namespace

bool fault_rarely(Fault fault, int n) noexcept {
  return fault_is(fault) && fault_shared().fetch_add(1) % n == n - 1;
}

Timeout fault_rare_timeout(Fault fault, Timeout timeout) {
  constexpr int kRarely = 20;
  if (timeout.is_forever() || timeout.length() == std::chrono::nanoseconds{0}) return timeout;
  return fault_rarely(fault, kRarely) ? Timeout(timeout.length() / 2) : timeout;
}

void fault_rare_item(std::string& item) {
  constexpr int kRarely = 500;
  if (fault_rarely(Fault::kRareItemGarbled, kRarely)) item.back() ^= 1;
  if (fault_rarely(Fault::kRareGetTwice, kRarely)) fault_remember(item, 1);
}

std::string fault_rare_torn(const std::string& item) {
  constexpr int kRarely = 5;
  const bool torn = item.size() >= kLarge && fault_rarely(Fault::kRareSimpleTorn, kRarely);
  return torn ? item.substr(0, item.size() / 2) : item;
}

}  // namespace psq::detail

#endif  // PSQ_FAULTS
