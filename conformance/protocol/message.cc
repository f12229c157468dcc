#include "protocol/message.h"

#include <nlohmann/json.hpp>
#include <sstream>

namespace psq::conformance {
namespace {

using nlohmann::json;

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};

json to_json(const Request& request);

void add_payload(json& out, const Payload& payload) {
  std::visit(
      Overloaded{[&](const Item& item) {
                   out["item"] = {{"from", item.from}, {"seq", item.seq}, {"size", item.size}};
                   if (!item.fail.empty()) out["item"]["fail"] = item.fail;
                   if (item.slow_serialize > 0) {
                     out["item"]["slow"] = {{"serialize", item.slow_serialize}};
                   }
                 },
                 [&](const Json& value) { out["json"] = json::parse(value.text); },
                 [&](const Bytes& bytes) { out["bytes"] = bytes.hex; }},
      payload);
}

void add_field(json& out, const std::string& name, const Field& field) {
  std::visit(Overloaded{[&](std::monostate) { out[name] = nullptr; },
                        [&](const Payload& payload) { add_payload(out, payload); },
                        [&](const std::vector<Request>& list) {
                          out[name] = json::array();
                          for (const Request& each : list) out[name].push_back(to_json(each));
                        },
                        [&](const auto& plain) { out[name] = plain; }},
             field);
}

json to_json(const Request& request) {
  json out{{"do", request.verb}};
  if (!request.on.empty()) out["on"] = request.on;
  for (const auto& [name, field] : request.fields) add_field(out, name, field);
  return out;
}

Item read_item(const json& in) {
  return {.from = in.at("from"), .seq = in.at("seq"), .size = in.at("size"), .fail = {}};
}

Value read_value(const json& in) {
  Value value;
  value.null = in.is_null();
  if (in.is_boolean()) value.boolean = in.get<bool>();
  if (in.is_number_integer()) value.number = in.get<std::int64_t>();
  if (in.is_array()) value.names = in.get<std::vector<std::string>>();
  if (!in.is_object()) return value;
  if (in.contains("count")) value.number = in.at("count").get<std::int64_t>();
  if (in.contains("item")) {
    value.intact = in.at("item").at("intact").get<bool>();
    value.payload = value.intact ? read_item(in.at("item"))
                                 : Item{.from = in.at("item").value("from", std::string{"?"}),
                                        .seq = in.at("item").value("seq", std::int64_t{-1}),
                                        .size = in.at("item").value("size", std::int64_t{-1}),
                                        .fail = {}};
  } else if (in.contains("json")) {
    value.payload = Json{in.at("json").dump()};
  } else if (in.contains("bytes")) {
    value.payload = Bytes{in.at("bytes").get<std::string>()};
  }
  // What came with harm to its neighbours is not intact either.
  if (!in.value("rest_untouched", true)) value.intact = false;
  return value;
}

Answer read_answer(const json& in) {
  Answer answer;
  const auto word = in.at("outcome").get<std::string>();
  const auto outcome = outcome_from(word);
  if (!outcome) throw DriverError{"'" + word + "' is no outcome of spec/outcomes.md"};
  answer.outcome = *outcome;
  if (in.contains("value")) answer.value = read_value(in.at("value"));
  if (in.contains("error")) {
    answer.error = in.at("error").value("type", "") + ": " + in.at("error").value("message", "");
  }
  answer.invoked = Nanoseconds{in.value("invoked", std::int64_t{0})};
  answer.returned = Nanoseconds{in.value("returned", std::int64_t{0})};
  return answer;
}

Hello read_hello(const json& in, std::string_view line) {
  if (in.at("hello") != 1) throw DriverError{"hello must carry protocol version 1"};
  Hello hello{.role = in.at("role"), .pid = in.at("pid")};
  hello.line = line;
  if (hello.role != "root") return hello;
  hello.implementation = in.at("implementation");
  hello.version = in.at("version");
  hello.language = in.at("language");
  hello.start_method = in.at("start_method");
  hello.profiles = in.at("profiles").get<std::set<std::string>>();
  const json& capabilities = in.at("capabilities");
  hello.operations =
      capabilities.at("operations").get<std::map<std::string, std::set<std::string>>>();
  hello.options = capabilities.at("options").get<std::set<std::string>>();
  hello.limits = in.at("limits").get<std::map<std::string, std::int64_t>>();
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
  incoming.index = in.value("index", std::int64_t{-1});
  if (in.contains("began")) {
    incoming.kind = Incoming::Kind::kBegan;
    incoming.id = in.at("began");
    incoming.began = {.tid = in.at("tid"), .at = Nanoseconds{in.at("at").get<std::int64_t>()}};
    return incoming;
  }
  incoming.kind = in.contains("event") ? Incoming::Kind::kEvent : Incoming::Kind::kAnswer;
  const json& id = in.at(in.contains("event") ? "event" : "id");
  incoming.id = id.is_null() ? -1 : id.get<std::int64_t>();
  incoming.answer = read_answer(in);
  return incoming;
}

std::string describe_field(const Field& field) {
  std::ostringstream out;
  std::visit(
      Overloaded{[&](std::monostate) { out << "null"; },
                 [&](bool value) { out << (value ? "true" : "false"); },
                 [&](const std::vector<std::string>& names) {
                   for (const auto& name : names) out << (&name == &names[0] ? "" : ",") << name;
                 },
                 [&](const std::vector<Request>& list) { out << list.size() << " operations"; },
                 [&](const Payload& payload) { out << to_string(payload); },
                 [&](const auto& plain) { out << plain; }},
      field);
  return out.str();
}

}  // namespace

std::string to_string(const Payload& payload) {
  return std::visit(
      Overloaded{[](const Item& item) {
                   const std::string size =
                       item.size == Item{}.size ? "" : "(" + std::to_string(item.size) + " B)";
                   return item.from + "#" + std::to_string(item.seq) + size +
                          (item.fail.empty() ? "" : " failing to " + item.fail);
                 },
                 [](const Json& value) { return value.text; },
                 [](const Bytes& bytes) {
                   return bytes.hex.size() > 32 ? "bytes " + bytes.hex.substr(0, 32) + "... (" +
                                                      std::to_string(bytes.hex.size() / 2) + ")"
                                                : "bytes '" + bytes.hex + "'";
                 }},
      payload);
}

Request Request::by(std::string name) const {
  Request copy = *this;
  copy.thread = std::move(name);
  return copy;
}

Request Request::with(std::string name, Field value) const {
  Request copy = *this;
  copy.fields.emplace_back(std::move(name), std::move(value));
  return copy;
}

std::string describe(const Request& request) {
  std::string text = request.verb;
  if (!request.on.empty()) text += " " + request.on;
  for (const auto& [name, field] : request.fields) {
    text += " " + (name == "payload" || name == "names" || name == "type" ? "" : name + " ") +
            describe_field(field);
  }
  return text;
}

const Item* Answer::item() const {
  return value.payload ? std::get_if<Item>(&*value.payload) : nullptr;
}

std::string describe(const Answer& answer) {
  std::string text{to_string(answer.outcome)};
  if (answer.value.payload) text += " " + to_string(*answer.value.payload);
  if (!answer.value.intact) text += " NOT INTACT";
  if (answer.value.boolean) text += *answer.value.boolean ? " true" : " false";
  if (answer.value.number) text += " " + std::to_string(*answer.value.number);
  if (answer.value.names) text += " [" + describe_field(*answer.value.names) + "]";
  if (!answer.error.empty()) text += " (" + answer.error + ")";
  return text;
}

bool same_json(std::string_view a, std::string_view b) {
  return json::parse(a).dump() == json::parse(b).dump();
}

std::string encode(const Request& request, std::int64_t id) {
  json out = to_json(request);
  out["id"] = id;
  out["thread"] = request.thread;
  out["began"] = true;
  return out.dump() + "\n";
}

Incoming decode(std::string_view line) {
  const std::string shown{line.substr(0, 300)};
  try {
    return read_incoming(json::parse(line), line);
  } catch (const DriverError& error) {
    throw DriverError{std::string{error.what()} + "; it sent: " + shown};
  } catch (const json::exception& error) {
    throw DriverError{"not a message of spec/driver-protocol.md (" + std::string{error.what()} +
                      "); it sent: " + shown};
  }
}

}  // namespace psq::conformance
