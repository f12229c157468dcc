#include "law/vocabulary.h"

namespace psq::conformance {

const OperationRow* find_operation(ObjectType type, Operation operation) {
  for (const OperationRow& row : operation_rows()) {
    if (row.operation == operation && row.types.contains(type)) return &row;
  }
  return nullptr;
}

std::string_view to_string(Outcome outcome) { return name_of(outcome); }
std::string_view to_string(ObjectType type) { return name_of(type); }
std::string_view to_string(CreatedType type) { return name_of(type); }
std::string_view to_string(Operation operation) { return name_of(operation); }
std::string_view to_string(Field field) { return name_of(field); }
std::string_view to_string(Ending ending) { return name_of(ending); }

std::optional<Outcome> outcome_from(std::string_view name) { return value_of<Outcome>(name); }
std::optional<ObjectType> object_type_from(std::string_view name) {
  return value_of<ObjectType>(name);
}
std::optional<Operation> operation_from(std::string_view name) { return value_of<Operation>(name); }
std::optional<Ending> ending_from(std::string_view name) { return value_of<Ending>(name); }

}  // namespace psq::conformance
