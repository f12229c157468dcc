// Writing the history format.
#include <algorithm>
#include <charconv>

#include "history/json_lines.h"
#include "history/vocabulary_names.h"

namespace psq::history {
namespace {

void append_text(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append(std::string& out, std::string_view key, std::int64_t number) {
  out.append(",\"").append(key).append("\":").append(std::to_string(number));
}

/// Seconds, exact to the nanosecond, without going through floating point.
void append_timeout(std::string& out, const Operation& operation) {
  const bool poll = operation.op == Operator::kPoll;
  if (operation.timeout == kForever) {
    if (poll) out += ",\"timeout\":null";
    return;
  }
  if (operation.timeout <= 0) {
    if (!poll) out += ",\"block\":false";
    return;
  }
  constexpr Time kSecond = 1'000'000'000;
  auto fraction = std::to_string(kSecond + operation.timeout % kSecond);
  fraction[0] = '.';
  out += ",\"timeout\":" + std::to_string(operation.timeout / kSecond) + fraction;
}

void append_item(std::string& out, const History& history, std::int64_t number,
                 const bool* intact) {
  const auto& value = history.values[static_cast<std::size_t>(number)];
  out += "{\"from\":";
  append_text(out, history.producers[value.producer]);
  append(out, "seq", value.seq);
  append(out, "size", value.size);
  if (intact != nullptr) out += *intact ? ",\"intact\":true" : ",\"intact\":false";
  out += '}';
}

void append_value(std::string& out, const History& history, const Operation& operation) {
  if (operation.op == Operator::kPut) {
    if (operation.value < 0) return;
    out += ",\"item\":";
    append_item(out, history, operation.value, nullptr);
  }
  if (operation.result != Result::kOk) return;
  switch (value_type_of(operation.op)) {
    case conformance::ValueType::kPayload:
      if (operation.value < 0) {
        out += ",\"value\":{\"unknown\":true}";
      } else {
        out += ",\"value\":{\"item\":";
        append_item(out, history, operation.value, &operation.intact);
        out += '}';
      }
      break;
    case conformance::ValueType::kNumber:
      append(out, "value", operation.value);
      break;
    case conformance::ValueType::kBoolean:
      out += operation.answer ? ",\"value\":true" : ",\"value\":false";
      break;
    default:
      break;
  }
}

void append_operation(std::string& out, const History& history, std::size_t number) {
  const auto& operation = history.operations[number];
  const auto& object = history.objects[operation.object];
  const auto& thread = history.threads[operation.thread];
  out.append("{\"do\":\"").append(to_string(operation.op, object.kind)).append("\",\"on\":");
  append_text(out, object.name);
  out += ",\"process\":";
  append_text(out, thread.process);
  out += ",\"thread\":";
  append_text(out, thread.thread);
  if (takes_timeout(operation.op)) append_timeout(out, operation);
  append_value(out, history, operation);
  append(out, "invoked", operation.invoked);
  if (operation.result != Result::kPending) {
    out.append(",\"outcome\":\"").append(to_string(operation.result)) += '"';
    append(out, "returned", operation.returned);
  }
  if (const auto error = history.errors.find(number); error != history.errors.end()) {
    out += ",\"error\":";
    append_text(out, error->second);
  }
  out += '}';
}

std::string header(const History& history) {
  std::string out = "{\"history\":" + std::to_string(kFormatVersion) + ",\"objects\":[";
  for (const auto& object : history.objects) {
    if (out.back() != '[') out += ',';
    out += "{\"name\":";
    append_text(out, object.name);
    out.append(",\"type\":\"").append(to_string(object.kind)) += '"';
    if (object.maxsize > 0) append(out, "maxsize", object.maxsize);
    if (object.unfinished > 0) append(out, "unfinished", object.unfinished);
    out += '}';
  }
  out += "],\"processes\":[";
  for (const auto& process : history.processes) {
    if (out.back() != '[') out += ',';
    append_text(out, process.name);
  }
  return out + "]}";
}

std::string death(const ProcessInfo& process) {
  std::string out = "{\"death\":{\"process\":";
  append_text(out, process.name);
  out += process.death == Death::kKilled ? ",\"how\":\"kill\"" : ",\"how\":\"return\"";
  if (process.died != kNever) append(out, "at", process.died);
  return out + "}}";
}

}  // namespace

std::string to_json_line(const History& history, std::size_t number) {
  std::string out;
  append_operation(out, history, number);
  return out;
}

void write_json_lines(std::ostream& out, const History& history) {
  out << header(history) << '\n';
  std::string line;
  for (std::size_t number = 0; number < history.operations.size(); ++number) {
    line.clear();
    append_operation(line, history, number);
    line += '\n';
    out.write(line.data(), static_cast<std::streamsize>(line.size()));
  }
  for (const auto& process : history.processes) {
    if (process.death != Death::kNone) out << death(process) << '\n';
  }
  if (history.complete) out << "{\"complete\":true}\n";
}

}  // namespace psq::history
