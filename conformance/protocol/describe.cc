// Requests and answers as a person reads them.
#include <sstream>
#include <type_traits>

#include "law/vocabulary.h"
#include "protocol/message.h"

namespace psq::conformance {
namespace {

void describe_to(std::ostream& out, const Payload& payload) { out << to_string(payload); }
void describe_to(std::ostream& out, bool value) { out << (value ? "true" : "false"); }

void describe_to(std::ostream& out, const Timeout& timeout) {
  if (timeout.seconds) {
    out << *timeout.seconds;
  } else {
    out << "null";
  }
}

void describe_to(std::ostream& out, const std::vector<std::string>& names) {
  for (const auto& name : names) out << (&name == &names[0] ? "" : ",") << name;
}

void describe_to(std::ostream& out, const std::vector<Request>& list) {
  out << list.size() << " operations";
}

template <typename Plain>
void describe_to(std::ostream& out, const Plain& value) {
  if constexpr (std::is_enum_v<Plain>) {
    out << to_string(value);
  } else {
    out << value;
  }
}

std::string size_of(const Item& item) {
  return item.size == Item{}.size ? "" : "(" + std::to_string(item.size) + " B)";
}

std::string text_of(const Item& item) {
  return item.from + "#" + std::to_string(item.seq) + size_of(item) +
         (item.fail.empty() ? "" : " failing to " + item.fail) +
         (item.failure.empty() ? "" : " by " + item.failure) +
         (item.slow_serialize > 0 ? " slow to serialize" : "") +
         (item.slow_deserialize > 0 ? " slow to deserialize" : "") +
         (item.same.empty() ? "" : " as the object " + item.same);
}

std::string text_of(const Json& value) { return value.text; }

std::string text_of(const Bytes& bytes) {
  if (bytes.hex.size() <= 32) return "bytes '" + bytes.hex + "'";
  return "bytes " + bytes.hex.substr(0, 32) + "... (" + std::to_string(bytes.hex.size() / 2) + ")";
}

// A payload, a type and names need no name of a field to be understood.
bool is_named(Field field) {
  constexpr SetOf<Field> kUnnamed{Field::kItem, Field::kJson, Field::kBytes, Field::kNames,
                                  Field::kType};
  return !kUnnamed.contains(field);
}

}  // namespace

std::string to_string(const Payload& payload) {
  return std::visit([](const auto& each) { return text_of(each); }, payload);
}

std::string describe(const Request& request) {
  std::ostringstream out;
  out << to_string(request.operation);
  if (!request.on.empty()) out << " " << request.on;
  for_each_field(request.arguments, [&](Field field, const auto& value) {
    out << " ";
    if (is_named(field)) out << to_string(field) << " ";
    describe_to(out, value);
  });
  if (request.repeat) out << " repeat " << *request.repeat;
  return out.str();
}

std::string describe(const Answer& answer) {
  std::ostringstream out;
  out << to_string(answer.outcome);
  if (answer.value.payload) out << " " << to_string(*answer.value.payload);
  if (!answer.value.intact) out << " NOT INTACT";
  if (answer.value.boolean) out << (*answer.value.boolean ? " true" : " false");
  if (answer.value.number) out << " " << *answer.value.number;
  if (answer.value.names) {
    out << " [";
    describe_to(out, *answer.value.names);
    out << "]";
  }
  if (!answer.error.empty()) out << " (" << answer.error << ")";
  return out.str();
}

}  // namespace psq::conformance
