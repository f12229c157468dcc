// What a driver sends, out of its JSON.
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "protocol/hello_names.h"
#include "protocol/message.h"

namespace psq::conformance {
namespace {

using nlohmann::json;

// What a value holds is walked by recursion when it is written again.
constexpr int kDeepest = 100;

/// Whether a driver's language writes whole numbers as it writes others, and this is one.
bool is_whole(const json& in) {
  constexpr double kExact = 1LL << 53;
  if (!in.is_number_float()) return false;
  const double number = in.get<double>();
  return std::trunc(number) == number && std::abs(number) <= kExact;
}

/// The library would convert any number and any boolean, and change what does not fit.
template <typename Integer>
Integer whole(const json& in) {
  if (in.is_number_unsigned()) {
    const auto number = in.get<std::uint64_t>();
    if (std::in_range<Integer>(number)) return static_cast<Integer>(number);
  } else if (in.is_number_integer() || is_whole(in)) {
    const auto number = in.get<std::int64_t>();
    if (std::in_range<Integer>(number)) return static_cast<Integer>(number);
  }
  throw DriverError{"expected a whole number of " + std::to_string(8 * sizeof(Integer)) +
                    " bits, found " + in.dump().substr(0, 100)};
}

std::int64_t whole_or(const json& in, const char* name, std::int64_t otherwise) {
  return in.contains(name) ? whole<std::int64_t>(in.at(name)) : otherwise;
}

Item read_item(const json& in) {
  return {.from = in.at("from"),
          .seq = whole<std::int64_t>(in.at("seq")),
          .size = whole<std::int64_t>(in.at("size")),
          .fail = {}};
}

Value read_value(const json& in) {
  Value value;
  value.null = in.is_null();
  if (in.is_boolean()) value.boolean = in.get<bool>();
  if (in.is_number_integer()) value.number = whole<std::int64_t>(in);
  if (in.is_array()) value.names = in.get<std::vector<std::string>>();
  if (!in.is_object()) return value;
  if (in.contains("count")) value.number = whole<std::int64_t>(in.at("count"));
  if (in.contains("item")) {
    value.intact = in.at("item").at("intact").get<bool>();
    value.payload = value.intact ? read_item(in.at("item"))
                                 : Item{.from = in.at("item").value("from", std::string{"?"}),
                                        .seq = whole_or(in.at("item"), "seq", -1),
                                        .size = whole_or(in.at("item"), "size", -1),
                                        .fail = {}};
  } else if (in.contains("json")) {
    value.payload = Json{in.at("json").dump()};
  } else if (in.contains("bytes")) {
    value.payload = Bytes{in.at("bytes").get<std::string>()};
  }
  // A receive that wrote beside its message is not intact either.
  if (!in.value("rest_untouched", true)) value.intact = false;
  return value;
}

std::string read_error(const json& in) {
  return in.value("type", "") + ": " + in.value("message", "");
}

Answer read_answer(const json& in) {
  Answer answer;
  const auto name = in.at("outcome").get<std::string>();
  const auto outcome = outcome_from(name);
  if (!outcome || !sent_by_drivers(*outcome))
    throw DriverError{"'" + name + "' is no outcome of a driver in spec/outcomes.md"};
  answer.outcome = *outcome;
  if (in.contains("value")) answer.value = read_value(in.at("value"));
  if (in.contains("error")) {
    answer.error = read_error(in.at("error"));
  }
  answer.invoked = Nanoseconds{whole_or(in, "invoked", 0)};
  answer.returned = Nanoseconds{whole_or(in, "returned", 0)};
  return answer;
}

std::set<std::string> fields_of(const json& in) {
  std::set<std::string> names;
  for (const auto& [name, value] : in.get<std::map<std::string, json>>()) names.insert(name);
  return names;
}

DeclaredNames read_names(const json& in) {
  const json& capabilities = in.at("capabilities");
  DeclaredNames names{
      .profiles = in.at("profiles").get<std::set<std::string>>(),
      .capabilities = fields_of(capabilities),
      .operations =
          capabilities.at("operations").get<std::map<std::string, std::set<std::string>>>(),
      .options = capabilities.at("options").get<std::set<std::string>>(),
      .bounds = {"bounded", "unbounded"},
      .limits = fields_of(in.at("limits"))};
  if (const auto bounds = capabilities.find("bounds"); bounds != capabilities.end())
    names.bounds = bounds->get<std::set<std::string>>();
  return names;
}

/// Of names that are known.
std::map<ObjectType, std::set<Operation>> as_operations(const DeclaredNames& declared) {
  std::map<ObjectType, std::set<Operation>> found;
  for (const auto& [type, names] : declared.operations) {
    std::set<Operation>& operations = found[object_type_from(type).value()];
    for (const std::string& name : names) operations.insert(operation_from(name).value());
  }
  return found;
}

Hello read_hello(const json& in, std::string_view line) {
  if (in.at("hello") != 1) throw DriverError{"hello must carry protocol version 1"};
  Hello hello{.role = in.at("role"), .pid = whole<pid_t>(in.at("pid"))};
  hello.line = line;
  if (hello.role != "root") return hello;
  hello.implementation = in.at("implementation");
  hello.version = in.at("version");
  hello.language = in.at("language");
  hello.start_method = in.at("start_method");
  const DeclaredNames names = read_names(in);
  refuse_unknown_names(names);
  hello.operations = as_operations(names);
  hello.profiles = names.profiles;
  hello.options = names.options;
  hello.bounds = names.bounds;
  for (const auto& [name, limit] : in.at("limits").get<std::map<std::string, json>>()) {
    hello.limits[name] = whole<std::int64_t>(limit);
  }
  return hello;
}

Incoming read_incoming(const json& in, std::string_view line) {
  if (!in.is_object()) throw DriverError{"a message must be a JSON object"};
  Incoming incoming;
  if (in.contains("hello")) {
    incoming.kind = Incoming::Kind::kHello;
    incoming.hello = read_hello(in, line);
    return incoming;
  }
  if (in.contains("defect")) {
    incoming.kind = Incoming::Kind::kDefect;
    incoming.defect = read_error(in.at("defect"));
    return incoming;
  }
  incoming.index = whole_or(in, "index", -1);
  if (in.contains("began")) {
    incoming.kind = Incoming::Kind::kBegan;
    incoming.id = whole<std::int64_t>(in.at("began"));
    incoming.began = {.tid = whole<pid_t>(in.at("tid")),
                      .at = Nanoseconds{whole<std::int64_t>(in.at("at"))}};
    return incoming;
  }
  incoming.kind = in.contains("event") ? Incoming::Kind::kEvent : Incoming::Kind::kAnswer;
  const json& id = in.at(in.contains("event") ? "event" : "id");
  incoming.id = id.is_null() ? -1 : whole<std::int64_t>(id);
  incoming.answer = read_answer(in);
  return incoming;
}

/// What the library says of it, without its number for the error.
std::string said_by(const json::exception& error) {
  const std::string_view text = error.what();
  const auto name = text.find("] ");
  return std::string{name == std::string_view::npos ? text : text.substr(name + 2)};
}

}  // namespace

const Item* Answer::item() const {
  return value.payload ? std::get_if<Item>(&*value.payload) : nullptr;
}

bool Hello::has(ObjectType type) const {
  const auto found = operations.find(type);
  return found != operations.end() && !found->second.empty();
}

bool Hello::declares(ObjectType type, Operation operation) const {
  const auto found = operations.find(type);
  return found != operations.end() && found->second.contains(operation);
}

bool same_json(std::string_view a, std::string_view b) {
  return json::parse(a).dump() == json::parse(b).dump();
}

Incoming decode(std::string_view line) {
  const std::string shown{line.substr(0, 300)};
  const auto shallow = [](int depth, json::parse_event_t, const json&) {
    if (depth > kDeepest) throw DriverError{"nested more than 100 deep"};
    return true;
  };
  try {
    return read_incoming(json::parse(line, shallow), line);
  } catch (const DriverError& error) {
    throw DriverError{std::string{error.what()} + "; it sent: " + shown};
  } catch (const json::exception& error) {
    throw DriverError{"not a message of spec/driver-protocol.md (" + said_by(error) +
                      "); it sent: " + shown};
  }
}

}  // namespace psq::conformance
