// The driver of ZeroMQ's PUSH and PULL sockets. A context does not outlive a fork, so that children
// are programs.
#include <fcntl.h>
#include <psq/driver/driver.h>
#include <psq/driver/forked_child.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "queue.h"

namespace psq::zeromq {
namespace {

class QueueObject : public driver::Object {
 public:
  explicit QueueObject(Handle handle) : queue_(std::move(handle)) {}

  driver::Result perform(const driver::Operation& operation, driver::Call& call) override {
    if (operation.verb == driver::Verb::kPut) {
      const std::string bytes = driver::make_item(std::get<driver::Item>(operation.payload));
      call([&] { queue_.put(bytes); });
      return driver::Result::ok();
    }
    return driver::Result::ok(
        driver::Bytes{call([&] { return queue_.get(operation.block, operation.timeout); })});
  }

  [[nodiscard]] std::optional<std::vector<int>> descriptors() const override {
    return std::vector{handle().lifeline};
  }
  [[nodiscard]] const Handle& handle() const { return queue_.handle(); }

 private:
  Queue queue_;
};

std::string version() {
  const auto [major, minor, patch] = zmq::version();
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

// In the forked child: nothing but system calls until it is the program.
[[noreturn]] void become(const std::vector<const char*>& command, const std::vector<int>& kept) {
  for (const int lifeline : kept) ::fcntl(lifeline, F_SETFD, 0);
  ::execv("/proc/self/exe", const_cast<char* const*>(command.data()));
  ::_exit(127);
}

class ZeromqAdapter : public driver::Adapter {
 public:
  [[nodiscard]] driver::Hello hello() const override {
    return {.implementation = "library-zeromq",
            .version = version(),
            .start_method = "exec",
            .profiles = {"base"},
            .operations = {{"queue", {"put", "get"}},
                           {"process",
                            {"spawn", "join_process", "exit_code", "terminate", "kill",
                             "drop_process", "end_thread"}}},
            .options = {"signal_handler"},
            .limits = {{"item_bytes", static_cast<std::int64_t>(driver::kLeastItemBytes)}},
            .bounds = {"unbounded"}};
  }

  std::vector<std::unique_ptr<driver::Object>> create(const driver::Creation&) override {
    std::vector<std::unique_ptr<driver::Object>> made;
    made.push_back(std::make_unique<QueueObject>(start_streamer()));
    return made;
  }

  // The child's arguments: --child NAME [OBJECT QUEUE LIFELINE]...
  std::unique_ptr<driver::Child> execute(const driver::SpawnOptions& options,
                                         const std::vector<driver::GivenObject>& given) override {
    std::vector<std::string> texts{"psq-zeromq-driver", "--child", options.name};
    std::vector<int> kept;
    for (const auto& [name, type, object] : given) {
      const Handle& handle = dynamic_cast<const QueueObject&>(*object).handle();
      texts.insert(texts.end(), {name, handle.name, std::to_string(handle.lifeline)});
      kept.push_back(handle.lifeline);
    }
    std::vector<const char*> command;
    for (const auto& text : texts) command.push_back(text.c_str());
    command.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (pid == 0) become(command, kept);
    return std::make_unique<driver::ForkedChild>(pid);
  }

  [[nodiscard]] driver::Outcome classify(const std::exception& error) const override {
    if (dynamic_cast<const Empty*>(&error) != nullptr) return driver::Outcome::kEmpty;
    if (dynamic_cast<const std::invalid_argument*>(&error) != nullptr)
      return driver::Outcome::kInvalidArgument;
    return driver::Outcome::kRaised;
  }
};

std::vector<driver::OwnObject> given_objects(std::span<const char* const> arguments) {
  std::vector<driver::OwnObject> objects;
  for (std::size_t at = 0; at + 2 < arguments.size(); at += 3) {
    const int lifeline = std::stoi(arguments[at + 2]);
    ::fcntl(lifeline, F_SETFD, FD_CLOEXEC);
    objects.push_back(
        {.name = arguments[at],
         .type = driver::ObjectType::kQueue,
         .object = std::make_unique<QueueObject>(Handle{arguments[at + 1], lifeline})});
  }
  return objects;
}

}  // namespace
}  // namespace psq::zeromq

int main(int argc, char** argv) {
  using namespace psq::zeromq;
  const std::span<const char* const> arguments(argv, static_cast<std::size_t>(argc));
  const std::string_view what = argc > 2 ? arguments[1] : "";
  if (what == "--streamer") stream(arguments[2]);
  // Never destroyed, because threads use it to the end.
  auto& adapter = *new ZeromqAdapter;
  if (what == "--child")
    return psq::driver::run_child(adapter, arguments[2], given_objects(arguments.subspan(3)));
  return psq::driver::run(adapter);
}
