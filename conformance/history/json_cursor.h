// Walks through one line of JSON. Hand-written: a recording has millions of lines, and an error
// must name the column and what was expected there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "history/bad_file.h"

namespace psq::history {

/// Every function throws BadFile when something else stands there. Strings are views into the line
/// where it has no escapes, and into the cursor's own memory where it has: gone with the next one.
class JsonCursor {
 public:
  JsonCursor(const std::string& name, std::size_t line, std::string_view text)
      : name_(name), line_(line), text_(text) {}

  /// Calls handle(key) for each member of an object; the handler reads the value. Keys are views
  /// that live as long as the line.
  template <typename Handle>
  void object(const Handle& handle) {
    expect('{', "an object");
    if (take('}')) return;
    do {
      const std::string_view key = plain_key();
      expect(':', "':' and the value");
      handle(key);
    } while (take(','));
    expect('}', "',' and another member, or '}'");
  }

  template <typename Handle>
  void array(const Handle& handle) {
    expect('[', "a list");
    if (take(']')) return;
    do handle();
    while (take(','));
    expect(']', "',' and another element, or ']'");
  }

  [[nodiscard]] std::string_view string(const char* what);
  [[nodiscard]] std::int64_t integer(const char* what, std::int64_t least, std::int64_t most);
  [[nodiscard]] double number(const char* what);
  [[nodiscard]] bool boolean(const char* what);
  [[nodiscard]] bool take_null();
  void skip_value();
  void expect_end();

  [[nodiscard]] char peek();
  [[nodiscard]] std::size_t position();  // of the next token
  [[noreturn]] void fail_at(std::size_t position, const std::string& problem) const;
  [[noreturn]] void fail(const std::string& expected);  // at the next token, says what is there

 private:
  bool take(char c);
  void expect(char c, const char* what);
  bool take_word(std::string_view word);
  std::string_view plain_key();
  std::string_view escaped(std::size_t begin);
  void append_escape();
  unsigned code_point();
  unsigned hex4();
  [[noreturn]] void fail_escape(std::size_t begin, const char* expected) const;
  [[nodiscard]] std::string_view number_text(const char* what);

  const std::string& name_;
  std::size_t line_;
  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::string own_ = {};
};

}  // namespace psq::history
