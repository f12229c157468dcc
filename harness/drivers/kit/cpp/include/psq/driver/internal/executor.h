// Does requests on the calling thread, and reports their outcomes.
#pragma once

#include <cerrno>
#include <cstdint>
#include <ctime>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "psq/driver/adapter.h"
#include "psq/driver/internal/defect.h"
#include "psq/driver/internal/line_channel.h"
#include "psq/driver/internal/messages.h"
#include "psq/driver/internal/objects.h"
#include "psq/driver/internal/parse_operation.h"
#include "psq/driver/internal/request.h"
#include "psq/driver/internal/vocabulary.h"

namespace psq::driver::internal {

inline Result to_result(const std::exception& error, Outcome outcome) {
  return {.outcome = outcome, .error_type = type_name(error), .error_message = error.what()};
}

/// A signal does not end the sleep.
inline void sleep_until(std::chrono::nanoseconds monotonic) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(monotonic);
  const timespec until{.tv_sec = whole.count(), .tv_nsec = (monotonic - whole).count()};
  if (monotonic.count() <= 0) return;
  while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
  }
}

/// Any thread may call any function. Never destroyed.
class Executor {
 public:
  using Spawn = std::function<std::unique_ptr<Child>(const SpawnRequest&)>;

  /// `spawn` starts the child, while no object is created.
  Executor(Adapter& adapter, const Capabilities& capabilities, LineChannel& channel, Spawn spawn)
      : adapter_(adapter),
        capabilities_(capabilities),
        channel_(channel),
        spawn_(std::move(spawn)) {}

  [[nodiscard]] Objects& objects() { return objects_; }

  /// Does the request and sends its answer.
  void execute(const Request& request) {
    const auto* list = std::get_if<RunRequest>(&request.what);
    Call call(list == nullptr && request.began ? announcer(request.id, -1) : nullptr);
    const Result result = guarded(call, list == nullptr, [&] {
      if (list != nullptr) return run(*list, request, call);
      return std::visit([&](const auto& what) { return perform(what, call); }, request.what);
    });
    channel_.send(answer_line(request.id, result, call));
  }

 private:
  std::function<void()> announcer(const std::string& id, std::int64_t index) {
    return [this, &id, index] { channel_.send(began_line(id, index)); };
  }

  /// Turns errors of the implementation into results, and ends the process for those of the driver.
  /// `calls`: whether the call is one of the implementation.
  template <typename Body>
  Result guarded(const Call& call, bool calls, Body&& body) {
    try {
      return body();
    } catch (const Refusal& refusal) {
      return to_result(refusal);
    } catch (const Defect& defect) {
      end_for_defect(channel_, type_name(defect), defect.what());
    } catch (const std::exception& error) {
      const Outcome outcome = adapter_.classify(error);
      if (outcome == Outcome::kRaised && !(calls && call.threw()))
        end_for_defect(channel_, type_name(error), error.what());
      return to_result(error, outcome);
    } catch (...) {
      constexpr auto kUnknown = "an error that is no std::exception";
      if (!(calls && call.threw())) end_for_defect(channel_, "unknown", kUnknown);
      return {.outcome = Outcome::kRaised, .error_type = "unknown", .error_message = kUnknown};
    }
  }

  Result perform(const CreateRequest& request, Call& call) {
    const auto still = objects_.hold_still();
    objects_.check_free(request.names);
    const DescriptorWatch watch;
    auto created = call([&] { return adapter_.create(request.creation); });
    if (created.size() != request.names.size()) {
      throw std::logic_error("the adapter created " + std::to_string(created.size()) +
                             " objects for " + std::to_string(request.names.size()) + " names");
    }
    std::vector<std::vector<DescriptorRecord>> records;
    for (const auto& object : created) records.push_back(watch.of(*object));
    for (std::size_t i = 0; i < created.size(); ++i) {
      objects_.add(request.names[i], request.creation.type, std::move(created[i]),
                   std::move(records[i]));
    }
    return Result::ok();
  }

  Result perform(const DropRequest& request, Call& call) {
    NamedObject named = objects_.remove(request.on);
    call([&] { named.object.reset(); });
    return Result::ok();
  }

  Result perform(const SpawnRequest& request, Call& call) {
    const auto still = objects_.hold_still();
    {
      const std::lock_guard lock(children_mutex_);
      if (children_.contains(request.options.name)) {
        refuse("this process already has a child '" + request.options.name + "': use another name");
      }
    }
    const std::shared_ptr<Child> child = call([&] { return spawn_(request); });
    const std::lock_guard lock(children_mutex_);
    children_[request.options.name] = child;
    return Result::ok(std::int64_t{child->pid()});
  }

  Result perform(const ChildRequest& request, Call& call) {
    if (request.verb == Verb::kDropProcess) return drop_child(request.on, call);
    const std::shared_ptr<Child> child = find_child(request.on);
    switch (request.verb) {
      case Verb::kJoinProcess:
        return Result::ok(call([&] { return child->join(request.timeout); }));
      case Verb::kTerminate:
        call([&] { child->terminate(); });
        return Result::ok();
      case Verb::kKill:
        call([&] { child->kill(); });
        return Result::ok();
      default:
        break;
    }
    const std::optional<int> code = call([&] { return child->exit_code(); });
    return code ? Result::ok(std::int64_t{*code}) : Result::ok(nullptr);
  }

  Result drop_child(const std::string& name, Call& call) {
    std::shared_ptr<Child> child = take_child(name);
    call([&] { child.reset(); });
    return Result::ok();
  }

  Result perform(const ObjectRequest& request, Call& call) {
    return perform(request, request.operation, call);
  }

  /// `operation` is that of the request, or in a list one of its repeats.
  Result perform(const ObjectRequest& request, const Operation& operation, Call& call) {
    std::vector<NamedObject> objects;
    for (const std::string& name : request.on) {
      objects.push_back(objects_.find(name));
      check_for_type(operation, objects.back().type, name, capabilities_);
    }
    switch (operation.verb) {
      case Verb::kWait:
        return wait(objects, request, call);
      case Verb::kSendConnection:
        return send_connection(*objects.at(0).object, request.end, call);
      case Verb::kRecvConnection:
        return recv_connection(*objects.at(0).object, request.end, call);
      default:
        return objects.at(0).object->perform(operation, call);
    }
  }

  Result wait(const std::vector<NamedObject>& objects, const ObjectRequest& request, Call& call) {
    std::vector<Object*> connections;
    for (const NamedObject& each : objects) connections.push_back(each.object.get());
    std::vector<std::string> ready;
    for (const std::size_t position : adapter_.wait(connections, request.operation.timeout, call)) {
      ready.push_back(request.on.at(position));
    }
    return Result::ok(ready);
  }

  Result send_connection(Object& carrier, const std::string& name, Call& call) {
    const NamedObject end = objects_.find(name);
    if (end.type != ObjectType::kConnection) {
      refuse("send_connection: '" + name + "' is no connection, so it cannot be sent");
    }
    adapter_.send_connection(carrier, *end.object, call);
    return Result::ok();
  }

  Result recv_connection(Object& carrier, const std::string& name, Call& call) {
    objects_.check_free({name});
    std::unique_lock<std::mutex> still;
    const auto hold_still = [&] {
      if (!still.owns_lock()) still = objects_.hold_still();
    };
    auto received = adapter_.recv_connection(carrier, hold_still, call);
    hold_still();
    objects_.check_free({name});  // another thread may have taken the name
    auto records = records_of(*received);
    objects_.add(name, ObjectType::kConnection, std::move(received), std::move(records));
    return Result::ok();
  }

  // The answer must precede the end of the process, so the end itself comes later.
  Result perform(const EndRequest&, Call& call) {
    call([] {});  // sends `began`
    return Result::ok();
  }

  // The thread itself ends after its answer.
  Result perform(const EndThreadRequest&, Call& call) {
    call([] {});
    return Result::ok();
  }

  Result perform(const RunRequest&, Call&) { throw std::logic_error("run is done by run()"); }

  Result run(const RunRequest& list, const Request& request, Call& call) {
    // An unknown name is refused before the first call, so that a refused list has no effect.
    for (const Step& step : list.steps) {
      const auto* what = std::get_if<ObjectRequest>(&step.what);
      if (what == nullptr) continue;
      for (const std::string& name : what->on) (void)objects_.find(name);
      if (what->operation.verb == Verb::kSendConnection) (void)objects_.find(what->end);
    }
    return call([&] {
      if (list.start_at) sleep_until(*list.start_at);
      std::int64_t count = 0;
      for (const Step& step : list.steps) {
        if (!run_step(step, list, request, count)) break;
      }
      return Result::ok(count);
    });
  }

  /// Returns false when the list must stop.
  bool run_step(const Step& step, const RunRequest& list, const Request& request,
                std::int64_t& count) {
    if (const auto* pause = std::get_if<Pause>(&step.what)) {
      for (std::int64_t i = 0; i < step.repeat; ++i) {
        sleep_until(std::chrono::steady_clock::now().time_since_epoch() +
                    std::chrono::duration_cast<std::chrono::nanoseconds>(pause->length));
      }
      return true;
    }
    const auto& what = std::get<ObjectRequest>(step.what);
    Operation operation = what.operation;
    for (std::int64_t i = 0; i < step.repeat; ++i, ++count) {
      Call call(request.began ? announcer(request.id, count) : nullptr);
      const Result result = guarded(call, true, [&] { return perform(what, operation, call); });
      channel_.send(event_line(request.id, count, result, call));
      if (result.outcome != Outcome::kOk && list.stop_on_error) return ++count, false;
      if (auto* item = std::get_if<Item>(&operation.payload)) ++item->seq;
    }
    return true;
  }

  std::shared_ptr<Child> find_child(const std::string& name) {
    const std::lock_guard lock(children_mutex_);
    return find_child_locked(name)->second;
  }

  std::shared_ptr<Child> take_child(const std::string& name) {
    const std::lock_guard lock(children_mutex_);
    const auto found = find_child_locked(name);
    std::shared_ptr<Child> child = std::move(found->second);
    children_.erase(found);
    return child;
  }

  std::map<std::string, std::shared_ptr<Child>>::iterator find_child_locked(
      const std::string& name) {
    const auto found = children_.find(name);
    if (found == children_.end()) refuse("this process spawned no child '" + name + "'");
    return found;
  }

  Adapter& adapter_;
  const Capabilities& capabilities_;
  LineChannel& channel_;
  const Spawn spawn_;
  Objects objects_;
  std::mutex children_mutex_;
  std::map<std::string, std::shared_ptr<Child>> children_;
};

}  // namespace psq::driver::internal
