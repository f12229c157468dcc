// Known failures of one implementation, each with its reason.
#pragma once

#include <string>
#include <vector>

#include "protocol/message.h"
#include "suite/verdict.h"

namespace psq::conformance {

/// A listed failure is expected; a listed pass is an error, so that no entry outlives its reason.
class Ledger {
 public:
  /// An empty path is an empty ledger. Throws std::invalid_argument, naming file and entry, for a
  /// file that is not as spec/README.md says, or that names a clause which the law does not have.
  explicit Ledger(const std::string& path);

  /// Turns fail into expected-fail, and pass into unexpected-pass unless the entry says that it
  /// passes now and then, where an entry applies to this hello; and blocked into expected-fail
  /// where an entry names the defect that blocks.
  void apply(TestResult& result, const Hello& hello) const;

 private:
  struct Entry {
    std::string clause;
    std::vector<std::string> start_methods;  // any when empty
    std::string version;  // prefix of the implementation's version; any when empty
    std::string reason;
    std::string blocks;  // part of a cause: what it does to tests of other clauses is known, too
    bool always = true;  // false: it fails now and then, and passes otherwise
  };
  [[nodiscard]] const Entry* find(const TestResult& result, const Hello& hello) const;

  std::vector<Entry> entries_;
};

}  // namespace psq::conformance
