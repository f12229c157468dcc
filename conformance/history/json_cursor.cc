#include "history/json_cursor.h"

#include <charconv>
#include <cmath>

namespace psq::history {
namespace {

void append_utf8(std::string& out, unsigned code) {
  const auto put = [&](unsigned byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

}  // namespace

void JsonCursor::fail_at(std::size_t position, const std::string& problem) const {
  throw BadFile(name_, line_, position + 1, problem);
}

void JsonCursor::fail(const char* expected) {
  const auto here = position();
  std::string found = "the line ends";
  if (here < text_.size()) {
    const auto c = static_cast<unsigned char>(text_[here]);
    found =
        c >= 0x20 && c < 0x7F ? std::string{"'"} + text_[here] + "'" : "a byte that is no ASCII";
  }
  fail_at(here, std::string{"expected "} + expected + ", found " + found);
}

bool JsonCursor::take_literal(std::string_view literal) {
  if (text_.substr(position(), literal.size()) != literal) return false;
  at_ += literal.size();
  return true;
}

std::string_view JsonCursor::key() {
  const auto begin = position();
  const auto name = string("the name of a member, in quotes");
  // A key with escapes would live in own_ and be gone too soon; the format has none.
  if (name.data() == own_.data() && !name.empty())
    fail_at(begin, "expected a name without escapes");
  return name;
}

/// A text that has an escape, or that is wrong.
std::string_view JsonCursor::escaped(std::size_t begin) {
  own_.assign(text_.substr(begin, at_ - begin));
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '"') {
      ++at_;
      return own_;
    }
    if (static_cast<unsigned char>(c) < 0x20) fail_at(at_, "a text has a bare control character");
    ++at_;
    if (c == '\\') {
      append_escape();
    } else {
      own_ += c;
    }
  }
  fail_at(begin - 1, "the text that begins here does not end on its line");
}

void JsonCursor::append_escape() {
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const char c = at_ < text_.size() ? text_[at_] : '\0';
  const auto known = c == '\0' ? std::string_view::npos : kLetters.find(c);
  if (known != std::string_view::npos) {
    ++at_;
    own_ += kMeanings[known];
    return;
  }
  if (c != 'u') fail_at(at_ - 1, "an escape that JSON does not have");
  ++at_;
  append_utf8(own_, code_point());
}

/// An escape stands there that JSON allows, but not there; or no escape.
void JsonCursor::fail_escape(std::size_t begin, const char* expected) const {
  constexpr std::size_t kLength = 6;  // of \uXXXX
  const bool escape = text_.substr(begin, 2) == "\\u";
  const std::string found{text_.substr(begin, escape ? kLength : 1)};
  fail_at(begin, std::string{"expected "} + expected + ", found " + found);
}

/// The character of \uXXXX, of which the digits follow; those above U+FFFF are a pair of escapes.
unsigned JsonCursor::code_point() {
  constexpr const char* kHighFirst =
      "a surrogate pair to begin with its high half, \\uD800 to \\uDBFF";
  constexpr const char* kLowNext = "the low half of a surrogate pair, \\uDC00 to \\uDFFF";
  const auto is_low = [](unsigned code) { return code >= 0xDC00 && code <= 0xDFFF; };
  const auto begin = at_ - 2;
  const unsigned high = hex4();
  if (is_low(high)) fail_escape(begin, kHighFirst);
  if (high < 0xD800 || high > 0xDFFF) return high;
  const auto second = at_;
  if (text_.substr(second, 2) != "\\u") fail_escape(second, kLowNext);
  at_ += 2;
  const unsigned low = hex4();
  if (!is_low(low)) fail_escape(second, kLowNext);
  return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

unsigned JsonCursor::hex4() {
  unsigned code = 0;
  const auto digits = text_.substr(at_, 4);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  if (error != std::errc{} || end != digits.data() + 4)
    fail_at(at_, "expected four digits after \\u");
  at_ += 4;
  return code;
}

/// What looks like a number, also when it is none.
std::string_view JsonCursor::number_text(const char* what) {
  const auto begin = position();
  const auto end = text_.find_first_not_of("0123456789+-.eE", begin);
  if (begin == end || begin == text_.size()) fail(what);
  return text_.substr(begin, end - begin);
}

/// A number with a sign, with more digits or out of its range; or one that is not whole.
std::int64_t JsonCursor::any_integer(const char* what, std::int64_t least, std::int64_t most) {
  const auto text = number_text(what);
  expect_number(text);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
    fail_at(at_, std::string{"expected "} + what + " from " + std::to_string(least) + " to " +
                     std::to_string(most) + ", found " + std::string{text});
  }
  at_ += text.size();
  return value;
}

double JsonCursor::number(const char* what) {
  const auto text = number_text(what);
  expect_number(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    fail_at(at_, std::string{"expected "} + what + ", found " + std::string{text});
  }
  at_ += text.size();
  return value;
}

/// The library that converts numbers takes more than JSON has, such as 007, .5 and 1. do.
void JsonCursor::expect_number(std::string_view text) const {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const auto begin = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - begin;
  };
  const auto next_is = [&](std::string_view either) {
    return at < text.size() && either.find(text[at]) != std::string_view::npos;
  };
  const bool zero_first = next_is("0");
  const auto whole = digits();
  bool right = whole == 1 || (whole > 1 && !zero_first);
  if (next_is(".")) {
    ++at;
    right = digits() > 0 && right;
  }
  if (next_is("eE")) {
    ++at;
    if (next_is("+-")) ++at;
    right = digits() > 0 && right;
  }
  if (!right || at < text.size())
    fail_at(at_, "not a number as JSON writes it: " + std::string{text});
}

bool JsonCursor::boolean(const char* what) {
  if (take_literal("true")) return true;
  if (take_literal("false")) return false;
  fail((std::string{what} + ", true or false").c_str());
}

bool JsonCursor::take_null() { return take_literal("null"); }

void JsonCursor::skip_value() {
  constexpr int kDeepest = 100;
  if (++depth_ > kDeepest) fail_at(position(), "nested too deeply");
  switch (peek()) {
    case '{':
      object([this](std::string_view) { skip_value(); });
      break;
    case '[':
      array([this] { skip_value(); });
      break;
    case '"':
      static_cast<void>(string("a text"));
      break;
    case 't':
    case 'f':
      static_cast<void>(boolean("a value"));
      break;
    case 'n':
      if (!take_null()) fail("a value");
      break;
    default:
      static_cast<void>(number("a value"));
  }
  --depth_;
}

void JsonCursor::expect_end() {
  if (position() < text_.size()) fail("the end of the line");
}

}  // namespace psq::history
