// Walks through one line of JSON. Hand-written: a recording has millions of lines, and an error
// must name the column and what was expected there, and libraries do not (README.md has the
// figures).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "history/bad_file.h"
#include "history/digits.h"

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
      const std::string_view name = key();
      expect(':', "':' and the value");
      handle(name);
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

  [[nodiscard]] std::string_view string(const char* what) {
    expect('"', what);
    const auto begin = at_;
    while (at_ < text_.size() && is_plain(text_[at_])) ++at_;
    if (at_ == text_.size() || text_[at_] != '"') return escaped(begin);
    return text_.substr(begin, at_++ - begin);
  }
  [[nodiscard]] std::int64_t integer(const char* what, std::int64_t least, std::int64_t most) {
    const auto [value, count] = leading_digits(text_.substr(position()));
    const auto end = at_ + count;
    const bool whole = count > 0 && (end == text_.size() || !continues_number(text_[end]));
    const bool padded = count > 1 && text_[at_] == '0';
    if (!whole || padded || value < least || value > most) return any_integer(what, least, most);
    at_ = end;
    return value;
  }
  [[nodiscard]] double number(const char* what);
  [[nodiscard]] bool boolean(const char* what);
  [[nodiscard]] bool take_null();
  void skip_value();
  void expect_end();

  /// The first byte of the next token; '\0' at the end of the line.
  [[nodiscard]] char peek() { return position() < text_.size() ? text_[at_] : '\0'; }

  /// Of the next token.
  [[nodiscard]] std::size_t position() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    return at_;
  }

  [[noreturn]] void fail_at(std::size_t position, const std::string& problem) const;
  [[noreturn]] void fail(const char* expected);  // at the next token, says what is there

 private:
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

  /// Whether a text has it as it stands, without an escape, and goes on.
  static bool is_plain(char c) { return kPlain[static_cast<unsigned char>(c)]; }
  static constexpr std::array<bool, 256> kPlain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t c = ' '; c < plain.size(); ++c) plain[c] = c != '"' && c != '\\';
    return plain;
  }();

  static bool continues_number(char c) {
    return is_digit(c) || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-';
  }

  bool take(char c) {
    if (position() >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void expect(char c, const char* what) {
    if (!take(c)) fail(what);
  }

  bool take_literal(std::string_view literal);
  std::string_view key();
  std::string_view escaped(std::size_t begin);
  void append_escape();
  unsigned code_point();
  unsigned hex4();
  [[noreturn]] void fail_escape(std::size_t begin, const char* expected) const;
  std::int64_t any_integer(const char* what, std::int64_t least, std::int64_t most);
  [[nodiscard]] std::string_view number_text(const char* what);
  void expect_number(std::string_view text) const;

  const std::string& name_;
  std::size_t line_;
  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::string own_ = {};
};

}  // namespace psq::history
