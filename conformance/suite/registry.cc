#include "suite/registry.h"

#include <algorithm>
#include <cctype>

namespace psq::conformance {
namespace {

std::vector<TestCase>& registered() {
  static std::vector<TestCase> tests;
  return tests;
}

std::string as_identifier(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return text;
}

}  // namespace

std::string TestCase::page() const {
  return as_identifier(clauses.at(0).substr(0, clauses.at(0).find('.')));
}

std::string TestCase::short_name() const {
  std::string name = as_identifier(clauses.at(0).substr(clauses.at(0).find('.') + 1));
  if (!variant.empty()) name += "__" + as_identifier(variant);
  return name;
}

std::string TestCase::name() const { return page() + "." + short_name(); }

Tests::Tests(std::initializer_list<TestCase> tests) : Tests(std::vector<TestCase>(tests)) {}

Tests::Tests(const std::vector<TestCase>& tests) {
  registered().insert(registered().end(), tests.begin(), tests.end());
}

const std::vector<TestCase>& all_tests() {
  static const bool sorted = [] {
    std::ranges::sort(registered(), {}, &TestCase::name);
    return true;
  }();
  static_cast<void>(sorted);
  return registered();
}

}  // namespace psq::conformance
