// Known failures of one implementation, each with its reason.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "protocol/message.h"
#include "suite/conditions.h"
#include "suite/verdict.h"

namespace psq::conformance {

struct LedgerEntry {
  std::string clause;
  Conditions where;
  std::string reason;
  std::string blocks;  // part of a cause: what it does to tests of other clauses is known, too
  bool always = true;  // false: it fails now and then, and passes otherwise
  int line = 0;        // of its clause, in the file
};

/// A ledger that is not for the implementation which the driver judges.
struct ForeignLedger : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// A listed failure is expected; a listed pass is an error, so that no entry outlives its reason.
class Ledger {
 public:
  /// An empty path is an empty ledger. Throws std::invalid_argument, naming file and entry, for a
  /// file with a key that is missing, unknown or of the wrong type, that names a clause which the
  /// law does not have, or gives no reason.
  explicit Ledger(const std::string& path);

  /// Throws ForeignLedger when the ledger is for another implementation than that of the hello.
  void expect_for(const Hello& hello) const;

  /// Turns fail into expected-fail, and pass into unexpected-pass unless the entry says that it
  /// passes now and then, where an entry applies to this hello; and blocked into expected-fail
  /// where an entry names the defect that blocks.
  void apply(TestResult& result, const Hello& hello) const;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::vector<LedgerEntry>& entries() const { return entries_; }

 private:
  [[nodiscard]] const LedgerEntry* find(const TestResult& result, const Hello& hello) const;

  std::string path_;
  std::string implementation_;
  std::vector<LedgerEntry> entries_;
};

}  // namespace psq::conformance
