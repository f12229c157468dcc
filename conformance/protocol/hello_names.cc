#include "protocol/hello_names.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "law/clause.h"
#include "law/options.h"
#include "law/vocabulary.h"
#include "protocol/error.h"
#include "protocol/suggestion.h"

namespace psq::conformance {
namespace {

using Known = std::vector<std::string_view>;

Known profile_names() {
  Known names;
  for (const Profile each : all_profiles()) names.push_back(to_string(each));
  return names;
}

Known type_names() {
  Known names;
  for (const auto& each : names_of<ObjectType>()) names.push_back(each.name);
  return names;
}

Known operations_on(ObjectType type) {
  Known names;
  for (const OperationRow& row : operation_rows()) {
    if (row.types.contains(type)) names.push_back(to_string(row.operation));
  }
  return names;
}

// A name of a driver's is shown whole only when it is short.
std::string shown_name(const std::string& name) {
  constexpr std::size_t kShown = 80;
  return "'" + (name.size() > kShown ? name.substr(0, kShown) + "..." : name) + "'";
}

class Complaints {
 public:
  /// `what` is in front of the name: "the profile".
  void about(const std::string& what, const std::set<std::string>& names,
             std::span<const std::string_view> known) {
    for (const std::string& name : names) {
      if (std::ranges::find(known, name) == known.end())
        text_ +=
            (text_.empty() ? "" : ", ") + what + " " + shown_name(name) + did_you_mean(name, known);
    }
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

void refuse_unknown_names(const DeclaredNames& declared) {
  static constexpr std::string_view kCapabilities[] = {"operations", "options", "bounds"};
  static constexpr std::string_view kBounds[] = {"bounded", "unbounded"};
  static constexpr std::string_view kLimits[] = {"item_bytes", "max_item_bytes", "maxsize",
                                                 "unfinished"};
  Complaints complaints;
  complaints.about("the profile", declared.profiles, profile_names());
  complaints.about("the field of capabilities", declared.capabilities, kCapabilities);
  for (const auto& [type, names] : declared.operations) {
    complaints.about("the type", {type}, type_names());
    if (const auto known = object_type_from(type))
      complaints.about("the operation on " + type, names, operations_on(*known));
  }
  complaints.about("the option", declared.options, option_names());
  complaints.about("the bounds", declared.bounds, kBounds);
  complaints.about("the limit", declared.limits, kLimits);
  if (!complaints.text().empty())
    throw DriverError{"its hello has names that this version of the law does not have: " +
                      complaints.text()};
}

}  // namespace psq::conformance
