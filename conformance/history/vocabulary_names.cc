#include "history/vocabulary_names.h"

#include "law/vocabulary.h"

namespace psq::history {

using conformance::name_of;
using conformance::value_of;

namespace {

template <typename Enum>
std::string all_names() {
  const auto names = conformance::names_of<Enum>();
  std::string text;
  for (const auto& each : names) {
    if (!text.empty()) text += &each == &names.back() ? " or " : ", ";
    text += each.name;
  }
  return text;
}

}  // namespace

std::string_view to_string(ObjectKind kind) { return name_of(kind); }
std::optional<ObjectKind> kind_from(std::string_view name) { return value_of<ObjectKind>(name); }

std::string_view to_string(Operator op, ObjectKind kind) {
  if (kind == ObjectKind::kPipe && op == Operator::kPut) return "send";
  if (kind == ObjectKind::kPipe && op == Operator::kGet) return "recv";
  return name_of(op);
}
std::optional<Operator> operator_from(std::string_view name) { return value_of<Operator>(name); }

std::string_view to_string(Result result) { return name_of(result); }
std::optional<Result> result_from(std::string_view name) { return value_of<Result>(name); }

Death death_from(std::string_view name) {
  const auto ending = conformance::ending_from(name);
  if (!ending) return Death::kNone;
  return conformance::is_normal(*ending) ? Death::kExited : Death::kKilled;
}

std::string kinds_in_words() { return all_names<ObjectKind>(); }
std::string endings_in_words() { return all_names<conformance::Ending>(); }

}  // namespace psq::history
