#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <stdexcept>

#include "effects.h"
#include "faults/tables.h"
#include "faulty_queue.h"
#include "probes.h"

namespace psq::faulty {
namespace {

std::vector<Fault> all_rows() {
  std::vector<Fault> all;
  std::set<std::string_view> names;
  for (auto* const table : kTables) {
    for (const Fault& fault : table()) {
      if (!names.insert(fault.name).second)
        throw std::logic_error("two faults are named " + std::string(fault.name));
      all.push_back(fault);
    }
  }
  return all;
}

// Every queue from now on has the calls of its kind.
Effect replaced_queues() {
  return alter("core", [](std::unique_ptr<detail::QueueCore>& core, const CoreOptions& options) {
    std::unique_ptr<LocalQueue> right(dynamic_cast<LocalQueue*>(core.release()));
    core = std::make_unique<FaultyQueue>(
        std::move(right), behaviour().queues[static_cast<std::size_t>(options.kind)]);
  });
}

}  // namespace

const std::vector<Fault>& all_faults() {
  static const std::vector<Fault> all = all_rows();
  return all;
}

bool install(std::string_view name) {
  const auto found = std::ranges::find(all_faults(), name, &Fault::name);
  if (found == all_faults().end()) return false;
  replaced_queues()(behaviour());
  for (const Effect& effect : found->effects) effect(behaviour());
  return true;
}

Behaviour& behaviour() {
  static Behaviour the_one;
  return the_one;
}

void reached(std::string_view point) {
  for (const PointAction& each : behaviour().points)
    if (each.point == point) each.act();
}

void decide(std::string_view decision, const std::type_info& type, void* value,
            std::span<const void* const> context) {
  for (const Alteration& each : behaviour().alterations) {
    if (each.decision != decision) continue;
    if (each.type != type) {
      std::fprintf(stderr, "the decision %s has other types than its fault expects: %s\n",
                   std::string(decision).c_str(), type.name());
      std::abort();
    }
    each.apply(value, context);
  }
}

}  // namespace psq::faulty
