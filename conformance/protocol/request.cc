#include "protocol/request.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "law/vocabulary.h"

namespace psq::conformance {
namespace {

[[noreturn]] void refuse(const Request& request, const std::string& why) {
  throw std::logic_error{"the request '" + describe(request) + "' " + why +
                         ", by the tables of spec/operations.md"};
}

bool is_payload(Field field) {
  return field == Field::kItem || field == Field::kJson || field == Field::kBytes;
}

bool needs(const OperationRow& row, Field field) {
  return row.fields.contains(field) && (row.needed.contains(field) || is_payload(field));
}

}  // namespace

Field field_of(const Payload& payload) {
  constexpr Field kFields[] = {Field::kItem, Field::kJson, Field::kBytes};
  static_assert(std::size(kFields) == std::variant_size_v<Payload>);
  return kFields[payload.index()];
}

Arguments::Arguments() = default;
Arguments::Arguments(const Arguments&) = default;
Arguments::Arguments(Arguments&&) noexcept = default;
Arguments& Arguments::operator=(const Arguments&) = default;
Arguments& Arguments::operator=(Arguments&&) noexcept = default;
Arguments::~Arguments() = default;

Request Request::by(std::string name) const {
  Request copy = *this;
  copy.thread = std::move(name);
  return copy;
}

Request Request::repeated(std::int64_t times) const {
  Request copy = *this;
  copy.repeat = times;
  return copy;
}

Request Request::timing_out_after(double seconds) const {
  Request copy = *this;
  copy.arguments.timeout = Timeout{seconds};
  return copy;
}

Request Request::starting_at(Nanoseconds time) const {
  Request copy = *this;
  copy.arguments.start_at = time.count();
  return copy;
}

Request Request::stopping_on_error() const {
  Request copy = *this;
  copy.arguments.stop_on_error = true;
  return copy;
}

void check(const Request& request) {
  const OperationRow* row = find_operation(request.type, request.operation);
  if (row == nullptr) refuse(request, "is none of a " + std::string{to_string(request.type)});
  if (request.on.empty() != (row->on == Target::kNone))
    refuse(request, request.on.empty() ? "lacks what it is done to" : "is done to nothing");
  bool has_payload = false;
  std::vector<Field> present;
  for_each_field(request.arguments, [&](Field field, const auto&) {
    if (!row->fields.contains(field)) refuse(request, "takes no " + std::string{to_string(field)});
    has_payload = has_payload || is_payload(field);
    present.push_back(field);
  });
  for (const Name<Field>& each : names_of<Field>()) {
    const bool there = is_payload(each.value)
                           ? has_payload
                           : std::ranges::find(present, each.value) != present.end();
    if (needs(*row, each.value) && !there) refuse(request, "needs " + std::string{each.name});
  }
}

}  // namespace psq::conformance
