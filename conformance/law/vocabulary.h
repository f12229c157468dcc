// The vocabulary of the driver protocol and of histories: the tables of spec/operations.md and
// spec/outcomes.md, compiled in. The enumerations are generated from the same tables.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "generated/enums.h"

namespace psq::conformance {

/// A set of enumerators, as a table holds it.
template <typename Enum>
class SetOf {
 public:
  constexpr SetOf(std::initializer_list<Enum> members) {
    for (const Enum each : members) bits_ |= bit(each);
  }
  [[nodiscard]] constexpr bool contains(Enum value) const { return (bits_ & bit(value)) != 0; }

 private:
  static constexpr std::uint64_t bit(Enum value) {
    return std::uint64_t{1} << static_cast<unsigned>(value);
  }
  std::uint64_t bits_ = 0;
};

/// What the `on` of a request names.
enum class Target : std::uint8_t { kNone, kObject, kChild };

/// One row of the tables of operations.
struct OperationRow {
  Operation operation;
  SetOf<ObjectType> types;
  bool declared;  // in a hello; every driver has the rest
  Target on;
  SetOf<Field> fields;
  SetOf<Field> needed;  // payloads apart: of those a request has exactly one
  ValueType value;
  SetOf<Outcome> outcomes;
};
std::span<const OperationRow> operation_rows();
/// The sections of the law that are about an operation, such as `queue.put`. None when it has none.
std::span<const std::string_view> sections_of(ObjectType type, Operation operation);
/// Nothing when objects of that type have no such operation.
const OperationRow* find_operation(ObjectType type, Operation operation);

std::string_view to_string(Outcome outcome);
std::string_view to_string(ObjectType type);
std::string_view to_string(CreatedType type);
std::string_view to_string(Operation operation);
std::string_view to_string(Field field);
std::string_view to_string(Ending ending);

std::optional<Outcome> outcome_from(std::string_view name);
std::optional<ObjectType> object_type_from(std::string_view name);
std::optional<Operation> operation_from(std::string_view name);
std::optional<Ending> ending_from(std::string_view name);

/// The type under which a hello declares what a create makes.
ObjectType type_of(CreatedType created);
/// The rest are the controller's own.
bool sent_by_drivers(Outcome outcome);
/// Whether the process ends as spec/model.md calls normal.
bool is_normal(Ending ending);

/// What a history makes of an operation; nothing when it has none such.
std::optional<history::Operator> in_history(Operation operation);
history::Result in_history(Outcome outcome);

/// A name with what it means. Several names may mean the same; the first is the one to write.
template <typename Enum>
struct Name {
  std::string_view name;
  Enum value;
};
/// All names of a generated enumeration, those of history included.
template <typename Enum>
std::span<const Name<Enum>> names_of();

/// Nothing for a name that the tables do not have.
template <typename Enum>
std::optional<Enum> value_of(std::string_view name) {
  for (const Name<Enum>& each : names_of<Enum>()) {
    if (each.name == name) return each.value;
  }
  return std::nullopt;
}
template <typename Enum>
std::string_view name_of(Enum value) {
  for (const Name<Enum>& each : names_of<Enum>()) {
    if (each.value == value) return each.name;
  }
  return "?";
}

}  // namespace psq::conformance
