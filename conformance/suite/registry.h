// Every test of the suite, the clauses that it decides and the place where it stands.
#pragma once

#include <functional>
#include <source_location>
#include <string>
#include <vector>

namespace psq::conformance {

class Scenario;

using Body = std::function<void(Scenario&)>;

struct TestCase {
  /// The id of the first clause; with `/variant` behind it where several tests decide that clause.
  std::string name;
  /// The clauses that the test decides.
  std::vector<std::string> clauses;
  Body body;
  /// Its path begins at the top of the source tree.
  std::source_location where;
};

/// A test's name for a file or a folder, with `+` for the `/` before the variant.
std::string as_file_name(std::string test);

/// Adds a test to the suite.
class Define {
 public:
  void operator()(const std::string& name, Body body,
                  std::source_location where = std::source_location::current()) const;
  /// A test that decides further clauses.
  void operator()(const std::string& name, const std::vector<std::string>& further, Body body,
                  std::source_location where = std::source_location::current()) const;
};

/// The tests of a file: put one at file scope.
class Tests {
 public:
  explicit Tests(const std::function<void(const Define&)>& define);
};

/// All that are compiled in, ordered by name.
const std::vector<TestCase>& all_tests();

}  // namespace psq::conformance
