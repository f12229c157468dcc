#include "history/monitor_text.h"

#include <charconv>

#include "history/digits.h"
#include "history/item_table.h"
#include "history/lines.h"

namespace psq::history {
namespace {

constexpr std::string_view kFirstLine = "# queue";
constexpr std::string_view kNothing = "-1";  // what published monitors call an empty answer
constexpr std::string_view kBlanks = " \t\r";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/// One line, field by field; blanks stand between fields.
class Fields {
 public:
  Fields(const std::string& name, std::size_t line, std::string_view text)
      : name_(name), line_(line), text_(text) {}

  [[nodiscard]] bool is_empty_or_comment() {
    skip_blanks();
    return at_ == text_.size() || text_[at_] == '#';
  }

  /// Whether the next field is this text; only then it is taken.
  [[nodiscard]] bool take(std::string_view field) {
    skip_blanks();
    const auto rest = text_.substr(at_);
    if (rest.empty() || rest[0] != field[0]) return false;  // mostly
    if (!rest.starts_with(field) || !ends_field(at_ + field.size())) return false;
    begin_ = at_;
    at_ += field.size();
    return true;
  }

  [[nodiscard]] std::int64_t number(const char* expected) {
    skip_blanks();
    const auto digits = leading_digits(text_.substr(at_));
    if (digits.count == 0 || !ends_field(at_ + digits.count)) return any_number(expected);
    begin_ = at_;
    at_ += digits.count;
    return digits.value;
  }

  /// At the next field.
  [[noreturn]] void fail(const char* expected) {
    static_cast<void>(next(expected));
    fail_at_last(expected);
  }

  /// At the field that was taken last.
  [[noreturn]] void fail_at_last(const char* expected) const {
    const std::string found{text_.substr(begin_, at_ - begin_)};
    fail_at(begin_, std::string{"expected "} + expected + ", found " + found);
  }

  void expect_end() {
    skip_blanks();
    if (at_ < text_.size()) fail_at(at_, "expected the end of the line");
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  [[nodiscard]] bool ends_field(std::size_t at) const {
    return at == text_.size() || is_blank(text_[at]);
  }

  std::string_view next(const char* expected) {
    skip_blanks();
    begin_ = at_;
    while (!ends_field(at_)) ++at_;
    if (at_ == begin_) {
      fail_at(at_, std::string{"expected "} + expected + ", found the end of the line");
    }
    return text_.substr(begin_, at_ - begin_);
  }

  /// One with a sign or with more digits, or none.
  std::int64_t any_number(const char* expected) {
    const auto field = next(expected);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc{} || end != field.data() + field.size()) fail_at_last(expected);
    return value;
  }

  [[noreturn]] void fail_at(std::size_t at, const std::string& problem) const {
    throw BadFile(name_, line_, at + 1, problem);
  }

  const std::string& name_;
  std::size_t line_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;  // of the field that was taken last
};

Operator read_operator(Fields& fields) {
  if (fields.take("enq")) return Operator::kPut;
  if (fields.take("deq")) return Operator::kGet;
  fields.fail("enq or deq");
}

/// What the text says of an item.
enum class Item { kNamed, kNone, kUnknown };

Item read_item(Fields& fields, ItemTable& items, Operation& operation) {
  const bool get = operation.op == Operator::kGet;
  if (get && fields.take("-")) return Item::kUnknown;
  if (get && fields.take("empty")) return Item::kNone;
  if (fields.take(kNothing)) {
    if (get) return Item::kNone;
    fields.fail_at_last("a value other than -1, which means empty");
  }
  const auto number = fields.number("the value, a whole number, or of a deq empty");
  operation.value = items.find_or_add(0, number, 0);
  return Item::kNamed;
}

Operation read_operation(Fields& fields, ItemTable& items) {
  Operation operation{.op = read_operator(fields), .timeout = 0};
  const auto item = read_item(fields, items, operation);
  operation.invoked = fields.number("the time of the call");
  if (fields.take("-")) {  // pending
    if (operation.op == Operator::kGet) operation.value = -1;
    return operation;
  }
  operation.returned = fields.number("the time of the return, or -");
  if (operation.returned < operation.invoked) {
    fields.fail_at_last("a return no earlier than the call");
  }
  if (item == Item::kUnknown) {
    fields.fail_at_last("- for the return of a deq of which nothing is known");
  }
  operation.result = item == Item::kNone ? Result::kEmpty : Result::kOk;
  return operation;
}

}  // namespace

History read_monitor_text(std::istream& in, const std::string& name) {
  History history;
  history.objects.push_back({.name = "queue", .kind = ObjectKind::kSimpleQueue});
  ItemTable items{history.values};
  Lines lines{in, name};
  const auto first = lines.next();
  if (!first || first->substr(0, first->find_last_not_of(kBlanks) + 1) != kFirstLine) {
    throw BadFile(name, 1, 1, "expected the first line of a monitor's text, # queue");
  }
  while (const auto line = lines.next()) {
    Fields fields{name, lines.number(), *line};
    if (fields.is_empty_or_comment()) continue;
    history.operations.push_back(read_operation(fields, items));
    fields.expect_end();
  }
  // The text does not say which thread made a call, and the strict order does not ask for it.
  if (!history.operations.empty()) {
    history.processes.push_back({.name = "unknown"});
    history.threads.push_back({"unknown", "unknown"});
  }
  if (!history.values.empty()) history.producers.emplace_back();
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
