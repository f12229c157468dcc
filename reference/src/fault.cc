#include "psq/fault.h"

#ifdef PSQ_FAULTS

#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "psq/error.h"
#include "psq/timeout.h"
#include "src/fault_seam.h"
#include "src/faults/tables.h"

namespace psq {
namespace {

// By enumerator. Throws std::logic_error unless every one has exactly one row.
std::vector<FaultInfo> all_rows() {
  std::vector<FaultInfo> all(static_cast<std::size_t>(detail::Fault::kCount));
  for (const auto rows :
       {detail::failure_faults(), detail::joinable_queue_faults(), detail::queue_faults(),
        detail::rare_faults(), detail::simple_queue_faults()}) {
    for (const detail::FaultRow& row : rows) {
      FaultInfo& info = all[static_cast<std::size_t>(row.fault)];
      if (!info.name.empty()) throw std::logic_error("a fault has two rows");
      info = row.info;
    }
  }
  for (const FaultInfo& info : all) {
    if (info.name.empty()) throw std::logic_error("a fault has no row");
  }
  return all;
}

constexpr int kNone = -1;
std::atomic<int> chosen{kNone};

}  // namespace

std::span<const FaultInfo> faults() {
  static const std::vector<FaultInfo> all = all_rows();
  return all;
}

void set_fault(std::string_view name) {
  if (name.empty()) {
    chosen = kNone;
    return;
  }
  const auto all = faults();
  const auto found = std::ranges::find(all, name, &FaultInfo::name);
  if (found == all.end()) {
    std::string known;
    for (const FaultInfo& fault : all) known.append("\n  ").append(fault.name);
    throw InvalidArgument("no fault is named '" + std::string(name) + "'; the faults are:" + known);
  }
  chosen = static_cast<int>(found - all.begin());
}

namespace detail {

bool fault_is(Fault fault) noexcept { return chosen.load() == static_cast<int>(fault); }

bool fault_chosen() noexcept { return chosen.load() != kNone; }

bool fault_takes_nan() noexcept {
  return fault_is(Fault::kPutTakesNan) || fault_is(Fault::kGetTakesNan);
}

bool fault_turn(int n) noexcept {
  thread_local int calls = 0;
  return ++calls % n == 0;
}

bool fault_swap(std::string& buffer) {
  const auto item_end = [&](std::size_t begin) {
    std::size_t length = 0;
    if (begin + sizeof length > buffer.size()) return std::string::npos;
    std::memcpy(&length, buffer.data() + begin, sizeof length);
    return begin + sizeof length + length;
  };
  const std::size_t first_end = item_end(0);
  const std::size_t second_end = first_end == std::string::npos ? first_end : item_end(first_end);
  if (second_end == std::string::npos) return false;
  const auto at = [&](std::size_t offset) {
    return buffer.begin() + static_cast<std::ptrdiff_t>(offset);
  };
  std::rotate(at(0), at(first_end), at(second_end));
  return true;
}

namespace {

thread_local std::optional<std::string> kept;

}  // namespace

std::optional<std::string> fault_again(Fault fault) {
  return fault_is(fault) ? std::exchange(kept, std::nullopt) : std::nullopt;
}

void fault_undecodable(const std::string& bytes) {
  if (fault_is(Fault::kBrokenStays)) fault_remember(bytes, 1);
}

void fault_remember(const std::string& item, int every) {
  if (fault_turn(every)) kept = item;
}

}  // namespace detail
}  // namespace psq

#endif  // PSQ_FAULTS
