#include "protocol/wire_record.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace psq::conformance {
namespace {

constexpr std::size_t kKeptOfEachEnd = std::size_t{1} << 20;

std::string in_hex(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

template <typename Value>
nlohmann::ordered_json wire_object(const std::string& key, const Value& value) {
  nlohmann::ordered_json object;
  object[key] = value;
  return object;
}

std::string wire_line(const std::string& way, const std::string& process, const std::string& text) {
  nlohmann::ordered_json line = wire_object(way, process);
  line["text"] = text;
  try {
    return line.dump() + "\n";
  } catch (const nlohmann::ordered_json::type_error&) {  // it is no UTF-8
    line.erase("text");
    line["hex"] = in_hex(text);
    return line.dump() + "\n";
  }
}

}  // namespace

void WireRecord::sent(const std::string& process, std::string_view line) {
  keep({.way = "to", .process = process, .text = std::string{line}});
}

void WireRecord::received(const std::string& process, std::string_view line) {
  keep({.way = "from", .process = process, .text = std::string{line}});
}

void WireRecord::keep(Message message) {
  if (last_.empty() && bytes_of_first_ + message.text.size() <= kKeptOfEachEnd) {
    bytes_of_first_ += message.text.size();
    first_.push_back(std::move(message));
    return;
  }
  bytes_of_last_ += message.text.size();
  last_.push_back(std::move(message));
  for (; bytes_of_last_ > kKeptOfEachEnd && last_.size() > 1; ++left_out_) {
    bytes_of_last_ -= last_.front().text.size();
    last_.pop_front();
  }
}

std::string WireRecord::json_lines(const std::string& name) const {
  std::string out = wire_object("conversation", name).dump() + "\n";
  for (const auto& each : first_) out += wire_line(each.way, each.process, each.text);
  if (left_out_ > 0) out += wire_object("left_out", left_out_).dump() + "\n";
  for (const auto& each : last_) out += wire_line(each.way, each.process, each.text);
  return out;
}

}  // namespace psq::conformance
