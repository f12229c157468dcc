#include "history/tests/recording.h"

#include <algorithm>

namespace psq::history {

Recording::Recording(ObjectKind kind, std::int64_t maxsize, std::int64_t unfinished) {
  history_.objects.push_back(
      {.name = "q", .kind = kind, .maxsize = maxsize, .unfinished = unfinished});
}

Recording& Recording::put(const std::string& thread, int seq, Time invoked, Time returned,
                          Result result) {
  const auto from = thread.substr(0, thread.find('.'));
  add(thread, {.op = Operator::kPut,
               .result = result,
               .value = value(from, seq),
               .invoked = invoked,
               .returned = returned});
  return *this;
}

Recording& Recording::get(const std::string& thread, const std::string& from, int seq, Time invoked,
                          Time returned) {
  add(thread, {.op = Operator::kGet,
               .result = Result::kOk,
               .value = value(from, seq),
               .invoked = invoked,
               .returned = returned});
  return *this;
}

Recording& Recording::call(Operator op, const std::string& thread, Time invoked, Time returned,
                           Result result) {
  add(thread, {.op = op, .result = result, .invoked = invoked, .returned = returned});
  return *this;
}

Recording& Recording::asks(Operator op, const std::string& thread, Time invoked, Time returned,
                           bool answer) {
  call(op, thread, invoked, returned);
  last().answer = answer;
  if (op == Operator::kPoll) last().timeout = 0;
  return *this;
}

Recording& Recording::qsize(const std::string& thread, Time invoked, Time returned,
                            std::int64_t number) {
  call(Operator::kQsize, thread, invoked, returned);
  last().value = number;
  return *this;
}

Recording& Recording::within(Time timeout) {
  last().timeout = timeout;
  return *this;
}

Recording& Recording::dies(const std::string& name, Death death, Time at) {
  auto& dead = history_.processes[process(name)];
  dead.death = death;
  dead.died = at;
  return *this;
}

Recording& Recording::complete() {
  history_.complete = true;
  return *this;
}

Operation& Recording::add(const std::string& thread, Operation operation) {
  const auto dot = std::min(thread.find('.'), thread.size());
  const auto name = dot == thread.size() ? "main" : thread.substr(dot + 1);
  operation.process = process(thread.substr(0, dot));
  const auto same = std::ranges::find_if(history_.threads, [&](const ThreadInfo& info) {
    return info.process == thread.substr(0, dot) && info.thread == name;
  });
  operation.thread = static_cast<std::uint32_t>(same - history_.threads.begin());
  if (same == history_.threads.end()) history_.threads.push_back({thread.substr(0, dot), name});
  history_.operations.push_back(operation);
  return history_.operations.back();
}

std::uint16_t Recording::process(const std::string& name) {
  const auto same = std::ranges::find(history_.processes, name, &ProcessInfo::name);
  const auto number = same - history_.processes.begin();
  if (same == history_.processes.end()) history_.processes.push_back({.name = name});
  return static_cast<std::uint16_t>(number);
}

std::int64_t Recording::value(const std::string& from, int seq) {
  const auto producer = std::ranges::find(history_.producers, from) - history_.producers.begin();
  if (producer == std::ssize(history_.producers)) history_.producers.push_back(from);
  const auto same = std::ranges::find_if(history_.values, [&](const Value& value) {
    return value.producer == producer && value.seq == seq;
  });
  const auto number = same - history_.values.begin();
  if (same == history_.values.end()) {
    history_.values.push_back({static_cast<std::uint32_t>(producer), seq, 128});
  }
  return number;
}

}  // namespace psq::history
