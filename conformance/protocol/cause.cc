#include "protocol/cause.h"

namespace psq::conformance {
namespace {

/// Every operation may have these by the table: of arguments that a caller got wrong, or of none.
constexpr SetOf<Outcome> kOfNoState{Outcome::kRaised, Outcome::kCrashed, Outcome::kInvalidArgument,
                                    Outcome::kWrongType};

// An operation of every process, such as create, stands in the table under the process.
const OperationRow* row_of(const Asked& asked) {
  const OperationRow* row = find_operation(asked.type, asked.operation);
  return row != nullptr ? row : find_operation(ObjectType::kProcess, asked.operation);
}

std::string type_of_error(const std::string& error) { return error.substr(0, error.find(": ")); }

std::string in_words(const Answer& answer) {
  const std::string what = name_of(*answer.asked);
  if (answer.outcome == Outcome::kCrashed) return what + " crashed";
  const std::string type = type_of_error(answer.error);
  if (answer.outcome == Outcome::kRaised) return what + " raised " + type;
  return what + " ended as " + std::string{to_string(answer.outcome)} +
         (type.empty() ? "" : " (" + type + ")");
}

const Request& in_list(const std::vector<Request>& list, std::size_t index) {
  for (const Request& each : list) {
    if (each.operation == Operation::kPause) continue;
    const auto times = static_cast<std::size_t>(each.repeat.value_or(1));
    if (index < times) return each;
    index -= times;
  }
  return list.back();
}

}  // namespace

Asked asked_of(const Request& request, std::size_t index) {
  const Arguments& arguments = request.arguments;
  if (request.operation == Operation::kCreate)
    return {.type = type_of(*arguments.type), .operation = Operation::kCreate};
  if (request.operation == Operation::kRun && !arguments.operations->empty())
    return asked_of(in_list(*arguments.operations, index));
  return {.type = request.type, .operation = request.operation};
}

std::string name_of(const Asked& asked) {
  return std::string{to_string(asked.type)} + "." + std::string{to_string(asked.operation)};
}

std::vector<std::string> Cause::sections() const {
  std::vector<std::string> found;
  for (const std::string_view each : sections_of(asked.type, asked.operation))
    found.emplace_back(each);
  return found;
}

std::optional<Cause> cause_of(const Answer& answer) {
  if (!answer.asked) return std::nullopt;
  const OperationRow* row = row_of(*answer.asked);
  const bool possible = row == nullptr || row->outcomes.contains(answer.outcome);
  if (possible && !kOfNoState.contains(answer.outcome)) return std::nullopt;
  if (answer.outcome == Outcome::kKilled) return std::nullopt;
  return Cause{.asked = *answer.asked, .text = in_words(answer)};
}

}  // namespace psq::conformance
