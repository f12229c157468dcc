#include "history/monitor_text.h"

#include <charconv>
#include <limits>

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

  std::string_view next(const char* what) {
    at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size());
    const auto end = std::min(text_.find_first_of(kBlanks, at_), text_.size());
    if (at_ == end) fail(at_, std::string{"expected "} + what + ", found the end of the line");
    begin_ = at_;
    at_ = end;
    return text_.substr(begin_, end - begin_);
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
    const auto rest = text_.find_first_not_of(kBlanks, at_);
    if (rest != std::string_view::npos) fail(rest, "expected the end of the line");
  }

 private:
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
  std::string text;
  std::size_t line = 1;
  if (!std::getline(in, text) || text.substr(0, text.find_last_not_of(kBlanks) + 1) != kFirstLine) {
    throw BadFile(name, 1, 1, "expected the first line of a monitor's text, # queue");
  }
  while (std::getline(in, text)) {
    ++line;
    const auto first = text.find_first_not_of(kBlanks);
    if (first == std::string::npos || text[first] == '#') continue;
    Words words{name, line, text};
    auto operation = read_operation(words, names);
    words.expect_end();
    // Nobody knows who did it; no strict order asks for it.
    operation.process = *names.process("unknown");
    operation.thread = 0;
    history.operations.push_back(operation);
  }
  if (!history.operations.empty()) history.threads.push_back({"unknown", "unknown"});
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
