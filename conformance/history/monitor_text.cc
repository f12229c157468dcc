#include "history/monitor_text.h"

#include <charconv>

#include "history/lines.h"
#include "history/names.h"

namespace psq::history {
namespace {

constexpr std::string_view kFirstLine = "# queue";
constexpr std::string_view kNothing = "-1";  // what published monitors call an empty answer
constexpr std::string_view kBlanks = " \t\r";

/// One line, word by word.
class Words {
 public:
  Words(const std::string& name, std::size_t line, std::string_view text)
      : name_(name), line_(line), text_(text) {}

  [[nodiscard]] bool is_empty_or_comment() {
    skip_blanks();
    return at_ == text_.size() || text_[at_] == '#';
  }

  std::string_view next(const char* what) {
    skip_blanks();
    begin_ = at_;
    while (at_ < text_.size() && !is_blank(text_[at_])) ++at_;
    if (at_ == begin_) fail(at_, std::string{"expected "} + what + ", found the end of the line");
    return text_.substr(begin_, at_ - begin_);
  }

  std::int64_t number(const char* what) { return number(what, next(what)); }

  std::int64_t number(const char* what, std::string_view word) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size()) wrong(what, word);
    return value;
  }

  [[noreturn]] void wrong(const char* what, std::string_view word) const {
    fail(begin_, std::string{"expected "} + what + ", found " + std::string{word});
  }

  [[noreturn]] void fail(std::size_t at, const std::string& problem) const {
    throw BadFile(name_, line_, at + 1, problem);
  }

  void expect_end() {
    skip_blanks();
    if (at_ < text_.size()) fail(at_, "expected the end of the line");
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  const std::string& name_;
  std::size_t line_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;
};

Operation read_operation(Words& words, Names& names) {
  constexpr const char* kValue = "the value, a whole number, or of a deq empty";
  constexpr const char* kEnd = "the time of the return, or -";
  Operation operation{.timeout = 0};
  const auto word = words.next("enq or deq");
  if (word != "enq" && word != "deq") words.wrong("enq or deq", word);
  operation.op = word == "enq" ? Operator::kPut : Operator::kGet;
  const auto value = words.next(kValue);
  const bool empty = operation.op == Operator::kGet && (value == "empty" || value == kNothing);
  const bool unknown = operation.op == Operator::kGet && value == "-";
  if (value == kNothing && !empty) words.wrong("a value other than -1, which means empty", value);
  if (!empty && !unknown) operation.value = names.value("", words.number(kValue, value), 0);
  operation.invoked = words.number("the time of the call");
  const auto end = words.next(kEnd);
  if (end == "-") {
    operation.value = operation.op == Operator::kPut ? operation.value : -1;
    return operation;  // pending
  }
  operation.returned = words.number(kEnd, end);
  if (operation.returned < operation.invoked) words.wrong("a return no earlier than the call", end);
  if (unknown) words.wrong("- for the return of a deq of which nothing is known", end);
  operation.result = empty ? Result::kEmpty : Result::kOk;
  return operation;
}

}  // namespace

History read_monitor_text(std::istream& in, const std::string& name) {
  History history;
  Names names{history};
  names.add_object({.name = "queue", .kind = ObjectKind::kSimpleQueue});
  Lines lines{in, name};
  const auto first = lines.next();
  if (!first || first->substr(0, first->find_last_not_of(kBlanks) + 1) != kFirstLine) {
    throw BadFile(name, 1, 1, "expected the first line of a monitor's text, # queue");
  }
  while (const auto line = lines.next()) {
    Words words{name, lines.number(), *line};
    if (words.is_empty_or_comment()) continue;
    history.operations.push_back(read_operation(words, names));
    words.expect_end();
  }
  // The text does not say which thread made a call, and the strict order does not ask for it.
  if (!history.operations.empty()) {
    history.processes.push_back({.name = "unknown"});
    history.threads.push_back({"unknown", "unknown"});
  }
  return history;
}

void write_monitor_text(std::ostream& out, const History& history, std::size_t object) {
  out << kFirstLine << '\n';
  for (const auto& operation : history.operations) {
    if (operation.object != object) continue;
    const bool put = operation.op == Operator::kPut;
    const bool pending = operation.result == Result::kPending;
    const bool empty = !put && operation.result == Result::kEmpty;
    if (!put && operation.op != Operator::kGet) continue;
    if (operation.result != Result::kOk && !pending && !empty) continue;
    out << (put ? "enq " : "deq ");
    if (operation.value >= 0) {
      out << operation.value;
    } else {
      out << (empty ? kNothing : "-");
    }
    out << ' ' << operation.invoked << ' ';
    if (pending) {
      out << "-\n";
    } else {
      out << operation.returned << '\n';
    }
  }
}

}  // namespace psq::history
