// The law as a table: every clause of spec/*.md, compiled in, so that a failure can quote the
// sentence that was broken. Constant data: any thread may read it at any time, also before main.
#pragma once

#include <span>
#include <string_view>

namespace psq::conformance {

/// How binding a clause is; spec/README.md says what each means.
enum class Level { kMust, kShould, kMay, kObserved };

/// The set of clauses to which one belongs; an implementation claims whole profiles.
enum class Profile { kBase, kLifecycle, kRobust, kManager, kBroker };

/// One promise. The views live as long as the program. `why` and `differs` may be empty, nothing
/// else is.
struct Clause {
  std::string_view id;  // "queue.put.full-after-timeout"
  Level level;
  Profile profile;
  std::string_view sentence;  // the normative one, on one line
  std::string_view why;
  std::string_view source;
  std::string_view page;     // the file in spec/ where it stands: "queue.md"
  std::string_view differs;  // which implementations do otherwise; may be empty
  int line;                  // of its heading in the page
};

/// All clauses: pages in the order of their names, within a page as it has them. Never empty.
[[nodiscard]] std::span<const Clause> clauses();

/// Every profile of the law.
[[nodiscard]] std::span<const Profile> all_profiles();

/// The clause of that id, or null when the law has none.
[[nodiscard]] const Clause* find_clause(std::string_view id);

/// SHA-256 over all ids, levels, profiles and sentences, in lower-case hexadecimal: two results
/// with the same digest were judged by the same law.
[[nodiscard]] std::string_view clause_digest();

/// As the pages write it: "MUST", "SHOULD", "MAY", "OBSERVED".
[[nodiscard]] std::string_view to_string(Level level);

/// As the pages write it: "base", "lifecycle", "robust", "manager", "broker".
[[nodiscard]] std::string_view to_string(Profile profile);

}  // namespace psq::conformance
