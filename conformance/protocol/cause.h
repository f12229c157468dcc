// Whose defect an answer shows: an outcome that an operation never has is the operation's own.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "protocol/message.h"

namespace psq::conformance {

/// The operation of a request; of a list, of its `index`-th call.
Asked asked_of(const Request& request, std::size_t index = 0);
/// `simple_queue.empty`
std::string name_of(const Asked& asked);

/// A call that ended in a way for which no state of its object is a reason.
struct Cause {
  Asked asked;
  std::string text;  // the same for each such end: "simple_queue.empty raised AttributeError"

  /// Where the law is about this operation; none for one that has no clauses.
  [[nodiscard]] std::vector<std::string> sections() const;
};

/// Nothing for an outcome that the operation may have in some state of its object.
std::optional<Cause> cause_of(const Answer& answer);

}  // namespace psq::conformance
