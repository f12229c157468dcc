// Requests and answers as a person reads them.
#include <algorithm>
#include <map>
#include <sstream>
#include <type_traits>
#include <utility>

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

/// Behind each other, an element of a list and those that do the same, whatever their items are.
struct AlikeElements {
  const Request* first = nullptr;
  std::int64_t count = 0;
};

std::vector<AlikeElements> alike_in(const std::vector<Request>& list) {
  std::vector<AlikeElements> groups;
  for (const Request& each : list) {
    const Request* last = groups.empty() ? nullptr : groups.back().first;
    if (last == nullptr || last->operation != each.operation || last->on != each.on)
      groups.push_back({.first = &each});
    ++groups.back().count;
  }
  return groups;
}

std::string text_of(const AlikeElements& group) {
  if (group.count == 1) return describe(*group.first);
  const std::string on = group.first->on.empty() ? "" : " " + group.first->on;
  return std::to_string(group.count) + " times " + std::string{to_string(group.first->operation)} +
         on;
}

std::string text_of(const std::pair<std::string, std::int64_t>& counted) {
  return std::to_string(counted.second) + " " + counted.first;
}

/// The first ones, and how many there are besides.
template <typename Each>
std::string first_of(const std::vector<Each>& list) {
  constexpr std::size_t kShown = 4;
  std::string out;
  for (std::size_t i = 0; i < std::min(list.size(), kShown); ++i)
    out += (i == 0 ? "" : ", ") + text_of(list[i]);
  if (list.size() > kShown) out += ", and " + std::to_string(list.size() - kShown) + " more";
  return out;
}

void describe_to(std::ostream& out, const std::vector<Request>& list) {
  out << "[" << first_of(alike_in(list)) << "]";
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

std::string describe_outcome(const Answer& answer) {
  const std::string outcome{to_string(answer.outcome)};
  return answer.error.empty() ? outcome : outcome + " (" + answer.error + ")";
}

// A payload, a type and names need no name of a field to be understood.
bool is_named(Field field) {
  constexpr SetOf<Field> kUnnamed{Field::kItem,  Field::kJson, Field::kBytes,
                                  Field::kNames, Field::kType, Field::kOperations};
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

std::string outcomes_of(const std::vector<Answer>& events) {
  const auto is_ok = [](const Answer& each) { return each.outcome == Outcome::kOk; };
  if (std::ranges::all_of(events, is_ok)) return {};
  std::vector<std::pair<std::string, std::int64_t>> counted;  // in the order of their first ones
  std::map<std::string, std::size_t> places;
  for (const Answer& each : events) {
    const auto [known, is_new] = places.try_emplace(describe_outcome(each), counted.size());
    if (is_new) counted.emplace_back(known->first, 0);
    ++counted[known->second].second;
  }
  return ": " + first_of(counted);
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
