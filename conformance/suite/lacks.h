// What a driver does not have, asked once; and which tests that leaves out before they start.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/message.h"
#include "suite/options.h"
#include "suite/registry.h"

namespace psq::conformance {

/// Types, such as "queue", and operations, such as "queue.put", that a hello does not declare and
/// that the driver, asked for them, says it does not have.
using Lacks = std::set<std::string>;

/// A type, or an operation on it.
struct Need {
  ObjectType type;
  std::optional<Operation> operation = {};

  /// "queue" or "queue.put".
  [[nodiscard]] std::string name() const;
};

/// Of these the test asks for at least one, by the section of its clause (spec/operations.md).
/// Empty: only the test itself knows.
std::vector<Need> needs_of(const TestCase& test);

/// Asks a driver of its own for what its hello does not declare. What answers otherwise than
/// `unsupported`, and what has to be asked of a child, is left for the tests to find out.
Lacks ask_for_undeclared(const Options& options, const Hello& hello);

/// Why the test would be unsupported; empty when it has to run to know.
std::string why_unsupported(const TestCase& test, const Hello& hello, const Lacks& lacks);

}  // namespace psq::conformance
