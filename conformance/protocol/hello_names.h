// The names in a hello that decide which tests are run.
#pragma once

#include <map>
#include <set>
#include <string>

namespace psq::conformance {

/// As a hello has them; a child's hello has none.
struct DeclaredNames {
  std::set<std::string> profiles = {};
  std::set<std::string> capabilities = {};  // the fields of `capabilities`
  std::map<std::string, std::set<std::string>> operations = {};
  std::set<std::string> options = {};
  std::set<std::string> bounds = {};
  std::set<std::string> limits = {};
};

/// Throws DriverError, with each name that the law does not have and what may be meant: a profile
/// or an operation of a wrong name would leave out its tests in silence.
void refuse_unknown_names(const DeclaredNames& declared);

}  // namespace psq::conformance
