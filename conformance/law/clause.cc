#include "law/clause.h"

#include <algorithm>

namespace psq::conformance {

std::span<const Profile> all_profiles() {
  static constexpr Profile kAll[] = {Profile::kBase, Profile::kLifecycle, Profile::kRobust,
                                     Profile::kManager, Profile::kBroker};
  return kAll;
}

const Clause* find_clause(std::string_view id) {
  const auto all = clauses();
  const auto found = std::ranges::find(all, id, &Clause::id);
  return found == all.end() ? nullptr : &*found;
}

std::string_view to_string(Level level) {
  switch (level) {
    case Level::kMust:
      return "MUST";
    case Level::kShould:
      return "SHOULD";
    case Level::kMay:
      return "MAY";
    case Level::kObserved:
      return "OBSERVED";
  }
  return "unknown level";
}

std::string_view to_string(Profile profile) {
  switch (profile) {
    case Profile::kBase:
      return "base";
    case Profile::kLifecycle:
      return "lifecycle";
    case Profile::kRobust:
      return "robust";
    case Profile::kManager:
      return "manager";
    case Profile::kBroker:
      return "broker";
  }
  return "unknown profile";
}

}  // namespace psq::conformance
