#include "suite/scenario.h"

namespace psq::conformance {

Call& Actor::start(const Request& request) const { return scenario_->start(name_, request); }

Answer Actor::call(const Request& request) const { return scenario_->finish(start(request)); }

Answer Actor::ok(const Request& request) const {
  const Answer answer = call(request);
  scenario_->expect(answer, Outcome::kOk);
  return answer;
}

Actor Actor::spawn(const std::string& name, const std::vector<Object>& objects, bool daemon) const {
  std::vector<std::string> names;
  for (const Object& object : objects) names.push_back(object.name);
  Request request{.verb = "spawn", .type = "process"};
  request = request.with("name", name).with("objects", names);
  if (daemon) request = request.with("daemon", true);
  const Answer answer = ok(request);
  const Peer& child = scenario_->session().expect_hello(name);
  if (answer.value.number != child.pid) {
    throw DriverError{"spawn answered " + describe(answer) + ", the child's pid is " +
                      std::to_string(child.pid)};
  }
  return {*scenario_, name};
}

Object Actor::create(const std::string& type, const Request& request,
                     const std::string& name) const {
  scenario_->expect(call(request), Outcome::kOk, "a " + type + " to work with");
  return {.name = name, .type = type};
}

namespace {

Request creation(const std::string& type, const std::vector<std::string>& names) {
  return Request{.verb = "create", .type = "process"}.with("type", type).with("names", names);
}

}  // namespace

Object Actor::queue(std::int64_t maxsize, const std::string& name) const {
  return create("queue", creation("queue", {name}).with("maxsize", maxsize), name);
}

Object Actor::joinable_queue(std::int64_t maxsize, const std::string& name) const {
  return create("joinable_queue", creation("joinable_queue", {name}).with("maxsize", maxsize),
                name);
}

Object Actor::simple_queue(const std::string& name) const {
  return create("simple_queue", creation("simple_queue", {name}), name);
}

std::pair<Object, Object> Actor::pipe(bool duplex, const std::string& first,
                                      const std::string& second) const {
  Object left =
      create("connection", creation("pipe", {first, second}).with("duplex", duplex), first);
  return {left, {.name = second, .type = "connection"}};
}

}  // namespace psq::conformance
