// One process of the driver: it reads requests, does and answers them, and ends on request.
#pragma once

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "psq/driver/adapter.h"
#include "psq/driver/internal/defect.h"
#include "psq/driver/internal/executor.h"
#include "psq/driver/internal/exit_tasks.h"
#include "psq/driver/internal/line_channel.h"
#include "psq/driver/internal/messages.h"
#include "psq/driver/internal/objects.h"
#include "psq/driver/internal/parse_request.h"
#include "psq/driver/internal/threads.h"
#include "psq/driver/internal/vocabulary.h"

namespace psq::driver::internal {

/// The exit status of a process whose controller is gone.
inline constexpr int kControllerGone = 1;

/// The name of the first process.
inline constexpr std::string_view kRoot = "root";

/// Ends a child that returns from `spawn`, against the contract of the adapter. It would go on as a
/// second copy of its parent.
class OnlyInParent {
 public:
  OnlyInParent() = default;
  OnlyInParent(const OnlyInParent&) = delete;
  OnlyInParent& operator=(const OnlyInParent&) = delete;
  ~OnlyInParent() {
    if (::getpid() != parent_) ::_exit(kControllerGone);
  }

 private:
  const pid_t parent_ = ::getpid();
};

/// Made with `new` and never destroyed, because threads use it until the process ends.
class Process {
 public:
  Process(Adapter& adapter, const Capabilities& capabilities, const std::string& socket_path,
          const std::string& name)
      : adapter_(adapter),
        capabilities_(capabilities),
        socket_path_(socket_path),
        name_(name),
        channel_(connect_to(socket_path)),
        executor_(adapter, capabilities, channel_,
                  [this](const SpawnRequest& request) { return spawn(request); }) {}
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Takes over the objects that the parent gave.
  void inherit(const Inheritance& inheritance) {
    const auto still = executor_.objects().hold_still();
    for (const auto& given : inheritance.given) {
      executor_.objects().add(given.name, given.type, std::unique_ptr<Object>(given.object),
                              given.descriptors);
    }
  }

  /// Takes over the objects that a program begins with.
  void adopt(std::vector<OwnObject> objects) {
    const auto still = executor_.objects().hold_still();
    for (auto& [name, type, object] : objects) {
      auto records = records_of(*object);
      executor_.objects().add(name, type, std::move(object), std::move(records));
    }
  }

  /// Sends hello, then serves the controller on the calling thread, the main one. Returns for an
  /// end by return, throws for an end by raise, and otherwise ends the process.
  void live(const std::string& hello) {
    if (capabilities_.has_option("signal_handler")) handle_signal();
    if (capabilities_.has_option("before_exit") && name_ == kRoot) register_before_exit();
    channel_.send(hello);
    std::thread([this] { read_requests(); }).detach();
    threads_.serve_main([this] { return ending_.has_value(); });
    if (ending_->how == How::kExitNow) ::_exit(ending_->status);
    if (ending_->how == How::kExit) adapter_.exit(ending_->status);
    if (ending_->how == How::kRaise) adapter_.raise();
  }

 private:
  // Without SA_RESTART: the system calls of the implementation are interrupted.
  static void handle_signal() {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    ::sigaction(SIGUSR1, &action, nullptr);
  }

  [[noreturn]] void read_requests() {
    // Signals go to the threads that the controller knows.
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
    channel_.read_lines(
        [this](std::string_view line) { take(line); },
        [this] {
          channel_.send(answer_line(
              "null",
              to_result(Refusal(Outcome::kBadRequest,
                                "the line is longer than " + std::to_string(kMaxLine) + " bytes")),
              Call()));
        });
    ::_exit(kControllerGone);
  }

  void take(std::string_view line) {
    std::string id;
    try {
      dispatch(std::make_shared<const Request>(parse_request(line, capabilities_, id)));
    } catch (const Refusal& refusal) {
      channel_.send(answer_line(id, to_result(refusal), Call()));
    } catch (const std::exception& error) {
      end_for_defect(channel_, type_name(error), error.what());
    }
  }

  void dispatch(const std::shared_ptr<const Request>& request) {
    if (request->thread == kMainThread && ends_)
      refuse("the process is ending: main does nothing more");
    const auto* list = std::get_if<RunRequest>(&request->what);
    if (list != nullptr && list->when != When::kNow) return postpone(request, list->when);
    const auto* end = std::get_if<EndRequest>(&request->what);
    if (end != nullptr) ends_ = true;
    threads_.post(request->thread, [this, request] {
      executor_.execute(*request);
      if (const auto* told = std::get_if<EndRequest>(&request->what)) ending_ = *told;
    });
    if (std::holds_alternative<EndThreadRequest>(request->what)) threads_.end(request->thread);
  }

  // The calls are those of a destructor or handler: the main thread does them, after it has served.
  void postpone(const std::shared_ptr<const Request>& request, When when) {
    if (name_ != kRoot) refuse("a list for the end of the process is for the root alone");
    threads_.post(request->thread, [this, request, when] {
      auto& tasks = when == When::kBeforeExit ? ExitTasks::before() : ExitTasks::after();
      tasks.add([this, request] { executor_.execute(*request); });
    });
  }

  std::unique_ptr<Child> spawn(const SpawnRequest& request);

  // Runs in the child, on the forking thread, in a copy of the parent's memory. Leaks the parent's
  // state, because threads that do not exist in the child may hold its locks.
  static void live_as_child(const Process& parent, const std::string& name,
                            const Inheritance& inheritance) {
    auto* child = make_child(parent, name, inheritance);
    child->live(hello_line(name));
  }

  // What goes wrong here is the driver's. It is told on the child's own connection or, before there
  // is one, on that of the parent, whose lock another thread may have held at the fork.
  static Process* make_child(const Process& parent, const std::string& name,
                             const Inheritance& inheritance) {
    const LineChannel* told_on = &parent.channel_;
    try {
      auto* child = new Process(parent.adapter_, parent.capabilities_, parent.socket_path_, name);
      told_on = &child->channel_;
      put_null_over(inheritance.not_given);
      child->inherit(inheritance);
      return child;
    } catch (const std::exception& error) {
      end_for_defect_at_start(*told_on, type_name(error),
                              "child '" + name + "' cannot start: " + error.what());
    }
  }

  Adapter& adapter_;
  const Capabilities& capabilities_;
  const std::string socket_path_;
  const std::string name_;
  LineChannel channel_;
  Executor executor_;
  NamedThreads threads_;
  bool ends_ = false;                 // reading thread: `end` was requested
  std::optional<EndRequest> ending_;  // main thread: `end` was answered
};

inline std::vector<GivenObject> given_objects(const Inheritance& inheritance) {
  std::vector<GivenObject> objects;
  for (const auto& given : inheritance.given)
    objects.push_back({.name = given.name, .type = given.type, .object = given.object});
  return objects;
}

inline std::unique_ptr<Child> Process::spawn(const SpawnRequest& request) {
  Inheritance inheritance = executor_.objects().inheritance(request.objects);
  const auto control = record_descriptor(channel_.descriptor());
  if (control) inheritance.not_given.push_back(*control);
  const OnlyInParent guard;
  if (auto program = adapter_.execute(request.options, given_objects(inheritance))) return program;
  return adapter_.spawn(request.options,
                        [&] { live_as_child(*this, request.options.name, inheritance); });
}

}  // namespace psq::driver::internal
