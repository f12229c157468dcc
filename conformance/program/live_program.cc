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
  if (request.verb == "pause") return true;
  const auto found = t_.hello().operations.find(request.type);
  return found != t_.hello().operations.end() && found->second.contains(request.verb);
}

Request LiveProgram::request_for(const Action& action, const std::string& from,
                                 std::int64_t& numbered) const {
  if (action.verb == Verb::kPause) return pause(action.time);
  const Kind kind = program_.objects[action.object].kind;
  const Object& on = handles_.at(action.object, action.end);
  Request request{.verb = word_of(action.verb, kind), .type = on.type, .on = on.name};
  const bool timed = kind == Kind::kQueue || kind == Kind::kJoinableQueue;
  const bool transfers = action.verb == Verb::kPut || action.verb == Verb::kGet;
  if (timed && transfers && action.time != kNoEnd) {
    request = action.time == Nanoseconds{0}
                  ? request.with("block", false)
                  : request.with("timeout", within(action.time).seconds.value());
  }
  if (action.verb == Verb::kPoll) request = poll(on, action.time == kNoEnd ? 0ns : action.time);
  if (action.verb == Verb::kPut) {
    request = request.with("payload", Payload{t_.item(from, numbered, action.size)});
    numbered += action.repeat;
  }
  return action.repeat > 1 ? request.with("repeat", action.repeat) : request;
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
  const Request all = run(std::move(list)).with("start_at", (at + plan.starts).count());
  const Call& call = t_.start(wire_name(process), all.by(thread_name(index)));
  threads_.push_back({.process = process, .call = &call, .calls = calls_of(possible)});
}

}  // namespace psq::conformance
