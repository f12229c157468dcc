#include "program/program.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "protocol/transcript.h"

namespace psq::conformance {
namespace {

constexpr std::size_t kColumn = 30;

std::string wait_text(const Action& action) {
  if (action.time == kNoEnd) return "";
  return action.time == Nanoseconds{0} ? " without waiting" : " within " + human(action.time);
}

bool takes_time(const Action& action, Kind kind) {
  if (action.operation == Operation::kPoll) return true;
  return (puts(action.operation) || gets(action.operation)) && is_timed(kind);
}

std::string text_of(const Action& action, const Program& program) {
  if (action.operation == Operation::kPause) return "pause " + human(action.time);
  const Kind kind = program.objects.at(action.object).kind;
  std::string text =
      std::string{to_string(action.operation)} + " " + object_name(program, action.object);
  if (is_pipe(kind)) text += action.end == 0 ? ".a" : ".b";
  if (action.repeat > 1) text += " x" + std::to_string(action.repeat);
  if (puts(action.operation)) text += " of " + std::to_string(action.size) + " B";
  return takes_time(action, kind) ? text + wait_text(action) : text;
}

std::string object_text(const Program& program, std::size_t index) {
  const ObjectPlan& object = program.objects[index];
  std::string text = object_name(program, index) + ": ";
  if (object.kind == Kind::kPipe) return text + "one-way pipe";
  if (object.kind == Kind::kDuplexPipe) return text + "duplex pipe";
  text += to_string(type_of(object.kind));
  if (object.kind == Kind::kSimpleQueue) return text;
  return text + (object.maxsize > 0 ? ", maxsize " + std::to_string(object.maxsize) : ", no bound");
}

std::string text_of(const Stop& stop) {
  return "(stopped " + human(stop.after) + " after the start" +
         (stop.when_it_waits ? ", when it waits" : "") + ", for " + human(stop.lasts) +
         (stop.killed ? ", then killed)" : ")");
}

std::vector<std::string> column_of(const Program& program, std::size_t process,
                                   std::size_t thread) {
  const ProcessPlan& plan = program.processes[process];
  std::vector<std::string> lines{process_name(process) + " " + thread_name(thread)};
  const ThreadPlan& doing = plan.threads[thread];
  if (doing.starts > Nanoseconds{0}) lines.push_back("(" + human(doing.starts) + " later)");
  for (const Action& action : doing.steps) lines.push_back(text_of(action, program));
  if (thread == 0 && plan.leaves) lines.emplace_back("(ends when all its threads have)");
  for (const Kill& kill : program.kills) {
    if (thread == 0 && kill.process == process)
      lines.push_back("(killed " + human(kill.after) + " after the start)");
  }
  for (const Stop& stop : program.stops) {
    if (thread == 0 && stop.process == process) lines.push_back(text_of(stop));
  }
  return lines;
}

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(text.size() < width ? width - text.size() : 1, ' ');
}

std::string side_by_side(const std::vector<std::vector<std::string>>& columns) {
  std::size_t rows = 0;
  std::vector<std::size_t> widths;
  for (const auto& column : columns) {
    rows = std::max(rows, column.size());
    std::size_t width = kColumn;
    for (const auto& line : column) width = std::max(width, line.size() + 2);
    widths.push_back(width);
  }
  std::string out;
  for (std::size_t row = 0; row < rows; ++row) {
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i)
      line += padded(row < columns[i].size() ? columns[i][row] : "", widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace

bool has_kills(const Program& program) {
  return !program.kills.empty() || std::ranges::any_of(program.stops, &Stop::killed);
}

bool is_pipe(Kind kind) { return kind == Kind::kPipe || kind == Kind::kDuplexPipe; }

bool is_timed(Kind kind) { return kind == Kind::kQueue || kind == Kind::kJoinableQueue; }

ObjectType type_of(Kind kind) {
  switch (kind) {
    case Kind::kQueue:
      return ObjectType::kQueue;
    case Kind::kJoinableQueue:
      return ObjectType::kJoinableQueue;
    case Kind::kSimpleQueue:
      return ObjectType::kSimpleQueue;
    default:
      return ObjectType::kConnection;
  }
}

Operation put_of(Kind kind) { return is_pipe(kind) ? Operation::kSend : Operation::kPut; }
Operation get_of(Kind kind) { return is_pipe(kind) ? Operation::kRecv : Operation::kGet; }
bool puts(Operation operation) { return in_history(operation) == history::Operator::kPut; }
bool gets(Operation operation) { return in_history(operation) == history::Operator::kGet; }

std::string process_name(std::size_t process) { return "p" + std::to_string(process); }

std::string thread_name(std::size_t thread) {
  return thread == 0 ? "main" : std::string(1, static_cast<char>('a' + thread));
}

std::string object_name(const Program& program, std::size_t object) {
  const bool pipe = is_pipe(program.objects.at(object).kind);
  return (pipe ? "pipe" : "q") + (program.objects.size() > 1 ? std::to_string(object) : "");
}

std::vector<PlannedCall> calls_of(const ThreadPlan& thread) {
  std::vector<PlannedCall> calls;
  for (const Action& action : thread.steps) {
    if (action.operation == Operation::kPause) continue;
    const PlannedCall call{.operation = action.operation,
                           .object = action.object,
                           .end = action.end,
                           .time = action.time};
    calls.insert(calls.end(), static_cast<std::size_t>(action.repeat), call);
  }
  return calls;
}

Program stretched(Program program, double times) {
  for (ProcessPlan& process : program.processes) {
    for (ThreadPlan& thread : process.threads) {
      for (Action& action : thread.steps) {
        if (action.time == kNoEnd || action.operation == Operation::kPause) continue;
        action.time = Nanoseconds{std::llround(static_cast<double>(action.time.count()) * times)};
      }
    }
  }
  return program;
}

Nanoseconds longest_time(const Program& program) {
  Nanoseconds longest{0};
  for (const ProcessPlan& process : program.processes) {
    for (const ThreadPlan& thread : process.threads) {
      for (const Action& action : thread.steps) {
        if (action.time != kNoEnd) longest = std::max(longest, action.time);
      }
    }
  }
  return longest;
}

std::size_t calls_in(const Program& program) {
  std::size_t calls = 0;
  for (const ProcessPlan& process : program.processes) {
    for (const ThreadPlan& thread : process.threads) calls += calls_of(thread).size();
  }
  return calls;
}

std::string in_columns(const Program& program) {
  std::string out;
  for (std::size_t i = 0; i < program.objects.size(); ++i) out += object_text(program, i) + "\n";
  std::vector<std::vector<std::string>> columns;
  for (std::size_t p = 0; p < program.processes.size(); ++p) {
    for (std::size_t t = 0; t < program.processes[p].threads.size(); ++t)
      columns.push_back(column_of(program, p, t));
  }
  return out + side_by_side(columns);
}

}  // namespace psq::conformance
