#include "history/json_lines.h"

#include <limits>

#include "history/json_cursor.h"
#include "history/json_operation.h"
#include "history/lines.h"
#include "history/names.h"
#include "history/vocabulary_names.h"

namespace psq::history {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kMostObjects = 65536;

class Reader {
 public:
  Reader(std::istream& in, const std::string& name)
      : name_(name), lines_(in, name), names_(history_) {}

  History read() {
    if (!next_line()) throw BadFile(name_, 1, 1, expected_header());
    read_header();
    while (next_line()) read_line();
    return std::move(history_);
  }

 private:
  static std::string expected_header() {
    return "expected the first line of a history, {\"history\":1,\"objects\":[...]}";
  }

  /// The next line that is not blank.
  bool next_line() {
    while (const auto line = lines_.next()) {
      if (line->find_first_not_of(" \t\r") == std::string_view::npos) continue;
      text_ = *line;
      return true;
    }
    return false;
  }

  JsonCursor cursor() { return {name_, lines_.number(), text_}; }

  void read_header() {
    auto json = cursor();
    bool versioned = false;
    if (json.peek() != '{') json.fail_at(0, expected_header());
    json.object([&](std::string_view key) {
      if (key == "history") {
        const auto at = json.position();
        const auto version = json.integer("the version of the format", 0, kMost);
        if (version != kFormatVersion) {
          json.fail_at(at, "this is version " + std::to_string(version) +
                               " of the format; only version 1 can be read");
        }
        versioned = true;
      } else if (key == "objects") {
        json.array([&] { read_object(json); });
      } else if (key == "processes") {
        json.array([&] { static_cast<void>(process(json, json.string("a process's name"))); });
      } else {
        json.skip_value();
      }
    });
    json.expect_end();
    if (!versioned) json.fail_at(0, expected_header());
    if (history_.objects.empty()) json.fail_at(0, "the header names no objects");
  }

  void read_object(JsonCursor& json) {
    const auto begin = json.position();
    ObjectInfo info;
    bool has_kind = false;
    json.object([&](std::string_view key) {
      const auto at = json.position();
      if (key == "name") {
        info.name = json.string("the object's name");
      } else if (key == "type") {
        const auto kind = kind_from(json.string("the object's type"));
        if (!kind) {
          json.fail_at(at, "expected " + kinds_in_words());
        }
        info.kind = *kind;
        has_kind = true;
      } else if (key == "maxsize") {
        info.maxsize = json.integer("a number of items", kLeast, kMost);
      } else if (key == "unfinished") {
        info.unfinished = json.integer("a number of tasks", 0, kMost);
      } else {
        json.skip_value();
      }
    });
    if (info.name.empty() || !has_kind) json.fail_at(begin, "an object needs a name and a type");
    if (history_.objects.size() == kMostObjects) json.fail_at(begin, "more than 65536 objects");
    if (!names_.add_object(std::move(info))) json.fail_at(begin, "two objects have this name");
  }

  std::uint16_t process(JsonCursor& json, std::string_view name) {
    const auto found = names_.process(name);
    if (!found) json.fail_at(0, "more than 65536 processes");
    return *found;
  }

  void read_line() {
    auto json = cursor();
    JsonOperation operation{json, names_};
    bool other = false;  // a death, or the end
    json.object([&](std::string_view key) {
      if (operation.read_member(key)) return;
      if (key == "death") {
        read_death(json);
        other = true;
      } else if (key == "complete") {
        history_.complete = json.boolean("whether everything was read");
        other = true;
      } else {
        json.skip_value();
      }
    });
    json.expect_end();
    if (other) return;
    if (!operation.error().empty())
      history_.errors.emplace(history_.operations.size(), operation.error());
    history_.operations.push_back(operation.finish());
  }

  /// {"death":{"process":"w","how":"kill","at":123}}
  void read_death(JsonCursor& json) {
    const auto begin = json.position();
    ProcessInfo info{.name = {}, .death = Death::kNone, .died = kNever};
    json.object([&](std::string_view key) {
      const auto at = json.position();
      if (key == "process") {
        info.name = json.string("a process's name");
      } else if (key == "how") {
        info.death = death_from(json.string("how it died"));
        if (info.death == Death::kNone) {
          json.fail_at(at, "expected " + endings_in_words());
        }
      } else if (key == "at") {
        info.died = json.integer("a time in nanoseconds", kLeast, kMost);
      } else {
        json.skip_value();
      }
    });
    if (info.name.empty() || info.death == Death::kNone) {
      json.fail_at(begin, "a death needs a process and how it died");
    }
    auto& dead = history_.processes[process(json, info.name)];
    dead.death = info.death;
    dead.died = info.died;
  }

  const std::string& name_;
  Lines lines_;
  History history_ = {};
  Names names_;
  std::string_view text_ = {};
};

}  // namespace

History read_json_lines(std::istream& in, const std::string& name) {
  return Reader{in, name}.read();
}

}  // namespace psq::history
