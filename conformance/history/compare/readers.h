// Readers of the history format that let a library parse JSON, to be compared with our own.
//
// They do as little as a reader can: they trust the recording, and an error has no line, no column
// and no expectation. So a library is seen from its best side.
#pragma once

#include <string>

#include "history/history.h"
#include "history/names.h"

namespace psq::history {

/// Both read one line at a time, as Lines gives it, and throw on what is no JSON.
[[nodiscard]] History read_with_nlohmann(const std::string& file);
[[nodiscard]] History read_with_simdjson(const std::string& file);

/// What the members of one line said.
struct Line {
  Operation operation = {};
  std::string process = {};
  std::string thread = "main";
  std::string from = {};
  std::int64_t seq = 0;
  std::int64_t size = 0;
  bool has_item = false;
  bool is_operation = true;
};

inline void add(Line& line, History& history, Names& names) {
  if (!line.is_operation) return;
  auto& operation = line.operation;
  if (line.has_item) operation.value = names.item(names.producer(line.from), line.seq, line.size);
  operation.process = names.process(line.process).value();
  operation.thread = names.thread(operation.process, line.thread);
  history.operations.push_back(operation);
}

}  // namespace psq::history
