#include <simdjson.h>

#include <fstream>

#include "history/compare/readers.h"
#include "history/lines.h"
#include "history/vocabulary_names.h"

namespace psq::history {
namespace {

using simdjson::ondemand::value;

std::string_view text(value from) { return from.get_string(); }

void read_item(value from, Line& line) {
  line.has_item = true;
  for (auto member : from.get_object()) {
    const std::string_view key = member.unescaped_key();
    if (key == "from") line.from = text(member.value());
    if (key == "seq") line.seq = member.value().get_int64();
    if (key == "size") line.size = member.value().get_int64();
    if (key == "intact") line.operation.intact = member.value().get_bool();
  }
}

void read_value(value from, Line& line) {
  for (auto member : from.get_object()) {
    const std::string_view key = member.unescaped_key();
    if (key == "item") read_item(member.value(), line);
  }
}

void read_header(simdjson::ondemand::document& document, Names& names) {
  for (auto member : document.get_object()) {
    const std::string_view key = member.unescaped_key();
    if (key == "objects") {
      for (auto element : member.value().get_array()) {
        simdjson::ondemand::object object = element.get_object();
        ObjectInfo info;
        info.name = text(object["name"]);
        info.kind = kind_from(text(object["type"])).value();
        names.add_object(info);
      }
    } else if (key == "processes") {
      for (auto process : member.value().get_array()) {
        static_cast<void>(names.process(text(process.value())));
      }
    }
  }
}

void read_member(std::string_view key, value from, Line& line, Names& names) {
  auto& operation = line.operation;
  if (key == "do") {
    operation.op = operator_from(text(from)).value();
  } else if (key == "on") {
    operation.object = names.object(text(from)).value();
  } else if (key == "process") {
    line.process = text(from);
  } else if (key == "thread") {
    line.thread = text(from);
  } else if (key == "item") {
    read_item(from, line);
  } else if (key == "value") {
    read_value(from, line);
  } else if (key == "invoked") {
    operation.invoked = from.get_int64();
  } else if (key == "outcome") {
    operation.result = result_from(text(from)).value();
  } else if (key == "returned") {
    operation.returned = from.get_int64();
  } else if (key == "block" && !bool{from.get_bool()}) {
    operation.timeout = 0;
  }
}

}  // namespace

History read_with_simdjson(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  Lines lines{in, file};
  History history;
  Names names{history};
  simdjson::ondemand::parser parser;
  std::string padded;
  bool in_header = true;
  while (const auto text = lines.next()) {
    padded.assign(*text).resize(text->size() + simdjson::SIMDJSON_PADDING);
    simdjson::ondemand::document document =
        parser.iterate(padded.data(), text->size(), padded.size());
    if (in_header) {
      read_header(document, names);
      in_header = false;
      continue;
    }
    Line line;
    for (auto member : document.get_object()) {
      const std::string_view key = member.unescaped_key();
      if (key == "complete") {
        history.complete = member.value().get_bool();
        line.is_operation = false;
      } else {
        read_member(key, member.value(), line, names);
      }
    }
    add(line, history, names);
  }
  return history;
}

}  // namespace psq::history
