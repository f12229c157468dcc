// Every test of the suite and the clauses that it decides.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

namespace psq::conformance {

class Scenario;

struct TestCase {
  /// The clauses that the test decides; its name is the first one with `_` for what an identifier
  /// cannot hold.
  std::vector<std::string> clauses;
  void (*body)(Scenario&);
  /// Added to the name where several tests decide one clause.
  std::string variant = {};

  /// `queue.put_full_after_timeout`: the page, a dot, the rest, in letters, digits and `_` only. (A
  /// `-` in a GoogleTest filter excludes, so that an id used as a filter would run nothing.)
  [[nodiscard]] std::string name() const;
  [[nodiscard]] std::string page() const;        // `queue`
  [[nodiscard]] std::string short_name() const;  // `put_full_after_timeout`
};

/// Put one at file scope, holding the file's tests.
class Tests {
 public:
  Tests(std::initializer_list<TestCase> tests);
  explicit Tests(const std::vector<TestCase>& tests);
};

/// All that are compiled in, ordered by name.
const std::vector<TestCase>& all_tests();

}  // namespace psq::conformance
