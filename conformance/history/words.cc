#include "history/words.h"

#include "law/vocabulary.h"

namespace psq::history {

using conformance::name_of;
using conformance::value_of;

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

}  // namespace psq::history
