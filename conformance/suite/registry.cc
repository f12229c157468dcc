#include "suite/registry.h"

#include <algorithm>
#include <utility>

namespace psq::conformance {
namespace {

std::vector<TestCase>& registered() {
  static std::vector<TestCase> tests;
  return tests;
}

}  // namespace

std::string as_file_name(std::string test) {
  std::ranges::replace(test, '/', '+');
  return test;
}

void Define::operator()(const std::string& name, Body body, SourceLine where) const {
  (*this)(name, {}, std::move(body), where);
}

void Define::operator()(const std::string& name, const std::vector<std::string>& further, Body body,
                        SourceLine where) const {
  std::vector<std::string> clauses{name.substr(0, name.find('/'))};
  clauses.insert(clauses.end(), further.begin(), further.end());
  registered().push_back({name, std::move(clauses), std::move(body), where, thorough_});
}

Tests::Tests(const std::function<void(const Define&)>& define) { define(Define{}); }

const std::vector<TestCase>& all_tests() {
  static const bool sorted = [] {
    std::ranges::sort(registered(), {}, &TestCase::name);
    return true;
  }();
  static_cast<void>(sorted);
  return registered();
}

}  // namespace psq::conformance
