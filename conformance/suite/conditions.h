// When an entry of a ledger applies: versions, start methods and platforms.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/message.h"

namespace psq::conformance {

/// Versions: comma-separated, all of which hold. `>=3.11`, `<3.13`, `==`, `!=`, `<=`, `>` compare
/// the numbers before the first other character, a missing one is 0; without an operator the
/// version begins with the text, and no digit follows: `3.1` is not `3.11`. None: any version.
class VersionRange {
 public:
  VersionRange() = default;
  /// Throws std::invalid_argument for a text that is no range.
  explicit VersionRange(std::string_view text);

  [[nodiscard]] bool holds(std::string_view version) const;

 private:
  struct Bound {
    std::string comparison;  // empty: begins with
    std::string version;
    [[nodiscard]] bool holds(std::string_view version) const;
  };
  std::vector<Bound> bounds_;
};

/// Where an entry applies; what is empty allows anything.
struct Conditions {
  std::vector<std::string> start_methods;
  /// The system, the machine, or both, as `uname` names them, in small letters: `x86_64`,
  /// `linux-aarch64`.
  std::vector<std::string> platforms;
  VersionRange version;

  [[nodiscard]] bool hold(const Hello& hello) const;
};

}  // namespace psq::conformance
