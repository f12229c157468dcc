// Every test of the suite, the clauses that it decides and the place where it stands.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace psq::conformance {

class Scenario;

using Body = std::function<void(Scenario&)>;

/// A file, named from the top of the source tree, and a line. What std::source_location is, for
/// compilers that lack it (clang 14).
struct SourceLine {
  const char* file;
  int line;

  /// The line of the caller, a file of the suite. Compilers and their caches name it from various
  /// folders.
  static constexpr SourceLine here(const char* file = __builtin_FILE(),
                                   int line = __builtin_LINE()) {
    return {file + std::string_view{file}.rfind("conformance/"), line};
  }
};

struct TestCase {
  /// The id of the first clause; with `/variant` behind it where several tests decide that clause.
  std::string name;
  /// The clauses that the test decides.
  std::vector<std::string> clauses;
  Body body;
  SourceLine where;
  /// It takes long, or needs much of the machine: planned only with --thorough, or by its own name.
  bool thorough = false;
};

/// A test's name for a file or a folder, with `+` for the `/` before the variant.
std::string as_file_name(std::string test);

/// Adds a test to the suite.
class Define {
 public:
  void operator()(const std::string& name, Body body, SourceLine where = SourceLine::here()) const;
  /// A test that decides further clauses.
  void operator()(const std::string& name, const std::vector<std::string>& further, Body body,
                  SourceLine where = SourceLine::here()) const;
  /// Adds thorough tests.
  [[nodiscard]] Define thorough() const {
    Define define;
    define.thorough_ = true;
    return define;
  }

 private:
  bool thorough_ = false;
};

/// The tests of a file: put one at file scope.
class Tests {
 public:
  explicit Tests(const std::function<void(const Define&)>& define);
};

/// All that are compiled in, ordered by name.
const std::vector<TestCase>& all_tests();

}  // namespace psq::conformance
