// Requests become JSON here and nowhere else.
#include <cmath>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "law/vocabulary.h"
#include "protocol/request.h"

namespace psq::conformance {
namespace {

using nlohmann::json;

json to_json(const Request& request);

json to_json(const Timeout& timeout) {
  if (!timeout.seconds) return nullptr;
  if (std::isnan(*timeout.seconds)) return "nan";
  if (std::isinf(*timeout.seconds)) return *timeout.seconds > 0 ? "inf" : "-inf";
  return *timeout.seconds;
}

json to_json(const Item& item) {
  json out{{"from", item.from}, {"seq", item.seq}, {"size", item.size}};
  if (!item.fail.empty()) out["fail"] = item.fail;
  if (!item.failure.empty()) out["failure"] = item.failure;
  if (item.slow_serialize > 0) out["slow"]["serialize"] = item.slow_serialize;
  if (item.slow_deserialize > 0) out["slow"]["deserialize"] = item.slow_deserialize;
  if (!item.same.empty()) out["same"] = item.same;
  return out;
}
json to_json(const Json& value) { return json::parse(value.text); }
json to_json(const Bytes& bytes) { return bytes.hex; }
json to_json(const Payload& payload) {
  return std::visit([](const auto& each) { return to_json(each); }, payload);
}

json to_json(const std::vector<Request>& list) {
  json out = json::array();
  for (const Request& each : list) {
    check(each);
    out.push_back(to_json(each));
  }
  return out;
}

template <typename Plain>
json to_json(const Plain& value) {
  if constexpr (std::is_enum_v<Plain>) {
    return std::string{to_string(value)};
  } else {
    return value;
  }
}

json to_json(const Request& request) {
  json out{{"do", std::string{to_string(request.operation)}}};
  if (!request.on.empty()) out["on"] = request.on;
  for_each_field(request.arguments, [&](Field field, const auto& value) {
    out[std::string{to_string(field)}] = to_json(value);
  });
  if (request.repeat) out["repeat"] = *request.repeat;
  return out;
}

}  // namespace

std::string encode(const Request& request, std::int64_t id) {
  check(request);
  json out = to_json(request);
  out["id"] = id;
  out["thread"] = request.thread;
  out["began"] = true;
  return out.dump() + "\n";
}

}  // namespace psq::conformance
