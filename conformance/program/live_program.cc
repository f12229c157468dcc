#include "program/live_program.h"

#include <utility>

namespace psq::conformance {

std::string LiveProgram::wire_name(std::size_t process) const {
  return process_name(process) + suffix_;
}

void LiveProgram::create(const ObjectPlan& plan, const std::string& name) {
  const Actor root = t_.root();
  if (is_pipe(plan.kind)) {
    const auto [a, b] = root.pipe(plan.kind == Kind::kDuplexPipe, name + ".a", name + ".b");
    handles_.of_object.push_back({a, b});
  } else if (plan.kind == Kind::kSimpleQueue) {
    handles_.of_object.push_back({root.simple_queue(name)});
  } else if (plan.kind == Kind::kJoinableQueue) {
    handles_.of_object.push_back({root.joinable_queue(plan.maxsize, name)});
  } else {
    handles_.of_object.push_back({root.queue(plan.maxsize, name)});
  }
}

void LiveProgram::set_up() {
  for (std::size_t i = 0; i < program_.objects.size(); ++i)
    create(program_.objects[i], object_name(program_, i) + suffix_);
  std::vector<Object> all;
  for (const auto& each : handles_.of_object) all.insert(all.end(), each.begin(), each.end());
  for (std::size_t p = 0; p < program_.processes.size(); ++p) t_.root().spawn(wire_name(p), all);
}

bool LiveProgram::declared(const Request& request) const {
  return request.operation == Operation::kPause ||
         t_.hello().declares(request.type, request.operation);
}

Request LiveProgram::one_call(const Action& action, const std::string& from,
                              std::int64_t seq) const {
  if (action.operation == Operation::kPause) return pause(action.time);
  const Kind kind = program_.objects[action.object].kind;
  const Object& on = handles_.at(action.object, action.end);
  const bool waits = !is_timed(kind) || action.time == kNoEnd;
  const Wait wait = waits ? kForever : action.time == 0ns ? kNoWait : within(action.time);
  switch (action.operation) {
    case Operation::kPut:
      return put(on, t_.item(from, seq, t_.fitting(action.size)), wait);
    case Operation::kGet:
      return get(on, wait);
    case Operation::kSend:
      return send(on, t_.item(from, seq, t_.fitting(action.size)));
    case Operation::kPoll:
      return poll(on, action.time == kNoEnd ? 0ns : action.time);
    default:
      return {.operation = action.operation, .type = on.type, .on = on.name};
  }
}

Request LiveProgram::request_for(const Action& action, const std::string& from,
                                 std::int64_t& numbered) const {
  const Request request = one_call(action, from, numbered);
  if (puts(action.operation)) numbered += action.repeat;
  return action.repeat > 1 ? request.repeated(action.repeat) : request;
}

void LiveProgram::start(Nanoseconds at) {
  for (std::size_t p = 0; p < program_.processes.size(); ++p) {
    for (std::size_t i = 0; i < program_.processes[p].threads.size(); ++i) start_thread(p, i, at);
  }
}

void LiveProgram::start_thread(std::size_t process, std::size_t index, Nanoseconds at) {
  const ThreadPlan& plan = program_.processes[process].threads[index];
  const std::string from = process_name(process) + "." + thread_name(index) + suffix_;
  std::int64_t numbered = 0;
  std::vector<Request> list;
  ThreadPlan possible;
  for (const Action& action : plan.steps) {
    Request request = request_for(action, from, numbered);
    if (!declared(request)) continue;
    list.push_back(std::move(request));
    possible.steps.push_back(action);
  }
  const Request all = run(std::move(list)).starting_at(at + plan.starts);
  const Call& call = t_.start(wire_name(process), all.by(thread_name(index)));
  threads_.push_back({.process = process, .call = &call, .calls = calls_of(possible)});
}

}  // namespace psq::conformance
