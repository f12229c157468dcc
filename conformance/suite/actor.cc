#include "suite/scenario.h"

namespace psq::conformance {

Call& Actor::start(const Request& request) const { return scenario_->start(name_, request); }

Answer Actor::call(const Request& request) const { return scenario_->finish(start(request)); }

Answer Actor::ok(const Request& request) const {
  Call& call = start(request);
  const Answer answer = scenario_->finish(call);
  scenario_->need(call);
  return answer;
}

Actor Actor::spawn(const std::string& name, const std::vector<Object>& objects, bool daemon) const {
  std::vector<std::string> names;
  for (const Object& object : objects) names.push_back(object.name);
  Request request = spawning(name, std::move(names));
  if (daemon) request.arguments.daemon = true;
  const Answer answer = ok(request);
  const Peer& child = scenario_->expect_hello(name, answer);
  if (answer.value.number != child.pid) {
    throw DriverError{"spawn answered " + describe(answer) + ", the child's pid is " +
                      std::to_string(child.pid)};
  }
  return {*scenario_, name};
}

Object Actor::create(const Request& request) const {
  const Arguments& arguments = request.arguments;
  const std::string type{to_string(*arguments.type)};
  scenario_->need(call(request), "a " + type + " to work with");
  return {.name = arguments.names->front(), .type = type_of(*arguments.type)};
}

Object Actor::create_bounded(CreatedType type, std::int64_t maxsize,
                             const std::string& name) const {
  Request request = creation(type, {name});
  request.arguments.maxsize = scenario_->bound(name_, type, maxsize);
  return create(request);
}

Object Actor::queue(std::int64_t maxsize, const std::string& name) const {
  return create_bounded(CreatedType::kQueue, maxsize, name);
}

Object Actor::joinable_queue(std::int64_t maxsize, const std::string& name) const {
  return create_bounded(CreatedType::kJoinableQueue, maxsize, name);
}

Object Actor::simple_queue(const std::string& name) const {
  return create(creation(CreatedType::kSimpleQueue, {name}));
}

std::pair<Object, Object> Actor::pipe(bool duplex, const std::string& first,
                                      const std::string& second) const {
  Request request = creation(CreatedType::kPipe, {first, second});
  request.arguments.duplex = duplex;
  return {create(request), {.name = second, .type = ObjectType::kConnection}};
}

}  // namespace psq::conformance
