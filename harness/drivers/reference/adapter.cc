#include "adapter.h"

#include <psq/driver/driver.h>

#include <algorithm>
#include <array>
#include <utility>

#include "objects.h"

namespace psq::reference_driver {

using driver::ObjectType;
using driver::Outcome;

namespace {

class ReferenceChild : public driver::Child {
 public:
  explicit ReferenceChild(Process process) : process_(std::move(process)) {}

  [[nodiscard]] pid_t pid() const override { return process_.pid(); }
  bool join(std::optional<driver::Seconds> timeout) override {
    return process_.join(to_timeout(timeout));
  }
  std::optional<int> exit_code() override { return process_.exit_code(); }
  void terminate() override { process_.terminate(); }
  void kill() override { process_.kill(); }

 private:
  Process process_;
};

template <typename E>
bool is(const std::exception& error) {
  return dynamic_cast<const E*>(&error) != nullptr;
}

struct Mapping {
  bool (*matches)(const std::exception&);
  Outcome outcome;
};

constexpr std::array kMappings{
    Mapping{is<Empty>, Outcome::kEmpty},
    Mapping{is<Full>, Outcome::kFull},
    Mapping{is<Closed>, Outcome::kClosed},
    Mapping{is<EndOfStream>, Outcome::kEndOfStream},
    Mapping{is<BrokenPipe>, Outcome::kBrokenPipe},
    Mapping{is<ConnectionReset>, Outcome::kConnectionReset},
    Mapping{is<BufferTooShort>, Outcome::kBufferTooShort},
    Mapping{is<MessageTooLong>, Outcome::kMessageTooLong},
    Mapping{is<WrongDirection>, Outcome::kWrongDirection},
    Mapping{is<NotSerializable>, Outcome::kNotSerializable},
    Mapping{is<NotDeserializable>, Outcome::kNotDeserializable},
    Mapping{is<TaskDoneTooOften>, Outcome::kTaskDoneTooOften},
    Mapping{is<CountOverflow>, Outcome::kCountOverflow},
    Mapping{is<Corrupted>, Outcome::kCorrupted},
    Mapping{is<InvalidArgument>, Outcome::kInvalidArgument},
    Mapping{is<NotStarted>, Outcome::kNotStarted},
};

const std::vector<std::string> kQueueOperations{
    "put", "get", "qsize", "empty", "full", "close", "join_thread", "cancel_join_thread"};

// An end by an error: the implementation's own exit, as after any other.
int after_end(int status) {
  if (status == 1) psq::exit(status);
  return status;
}

}  // namespace

driver::Hello ReferenceAdapter::hello() const {
  std::vector<std::string> joinable = kQueueOperations;
  joinable.insert(joinable.end(), {"task_done", "join"});
  return {
      .implementation = name_,
      .version = PSQ_VERSION_STRING,
      .language = "c++",
      .start_method = "fork",
      .profiles = {"base", "lifecycle", "robust"},
      .operations = {{"queue", kQueueOperations},
                     {"joinable_queue", joinable},
                     {"simple_queue", {"put", "get", "empty", "close"}},
                     {"connection",
                      {"send", "recv", "send_bytes", "recv_bytes", "recv_bytes_into", "poll",
                       "wait", "close", "closed", "readable", "writable", "send_connection",
                       "recv_connection"}},
                     {"process",
                      {"spawn", "join_process", "exit_code", "terminate", "kill", "drop_process",
                       "end_thread"}}},
      .options = {"preset_unfinished", "item.fail_serialize", "item.fail_deserialize",
                  "item.slow_serialize", "item.slow_deserialize", "item.failure_other", "item.same",
                  "closed_descriptors", "json", "signal_handler", "before_exit", "after_exit"},
      .limits = {{"item_bytes", static_cast<std::int64_t>(driver::kLeastItemBytes)},
                 {"maxsize", kMaxSize},
                 {"unfinished", kMaxUnfinished}},
  };
}

std::vector<std::unique_ptr<driver::Object>> ReferenceAdapter::create(
    const driver::Creation& creation) {
  std::vector<std::unique_ptr<driver::Object>> created;
  switch (creation.type) {
    case ObjectType::kQueue:
      created.push_back(make_queue(creation, loans_));
      break;
    case ObjectType::kJoinableQueue:
      created.push_back(make_joinable_queue(creation, loans_));
      break;
    case ObjectType::kSimpleQueue:
      created.push_back(make_simple_queue(loans_));
      break;
    case ObjectType::kConnection: {
      auto [first, second] = creation.duplex ? pipe<Payload>() : pipe<Payload>(one_way);
      created.push_back(std::make_unique<ConnectionObject>(std::move(first)));
      created.push_back(std::make_unique<ConnectionObject>(std::move(second)));
      break;
    }
  }
  return created;
}

std::vector<std::size_t> ReferenceAdapter::wait(const std::vector<driver::Object*>& connections,
                                                std::optional<driver::Seconds> timeout,
                                                driver::Call& call) {
  std::vector<ConnectionBase*> bases;
  for (driver::Object* each : connections) {
    bases.push_back(&dynamic_cast<ConnectionObject&>(*each).connection());
  }
  const std::span<ConnectionBase* const> all(bases);
  const auto ready = call([&] { return psq::wait(all, to_timeout(timeout)); });
  std::vector<std::size_t> positions;
  auto from = bases.begin();
  for (const ConnectionBase* each : ready) {
    from = std::find(from, bases.end(), each);
    if (from == bases.end())
      throw std::logic_error("wait answered what it was not asked, or out of order");
    positions.push_back(static_cast<std::size_t>(from++ - bases.begin()));
  }
  return positions;
}

void ReferenceAdapter::send_connection(driver::Object& carrier, driver::Object& end,
                                       driver::Call& call) {
  auto& through = dynamic_cast<ConnectionObject&>(carrier).connection();
  const auto& sent = dynamic_cast<ConnectionObject&>(end).connection();
  call([&] { through.send_connection(sent); });
}

std::unique_ptr<driver::Object> ReferenceAdapter::recv_connection(
    driver::Object& carrier, const std::function<void()>& hold_still, driver::Call& call) {
  auto& through = dynamic_cast<ConnectionObject&>(carrier).connection();
  return std::make_unique<ConnectionObject>(call([&] {
    (void)through.poll(forever);
    hold_still();
    return through.recv_connection();
  }));
}

std::unique_ptr<driver::Child> ReferenceAdapter::spawn(const driver::SpawnOptions& options,
                                                       const std::function<void()>& body) {
  return make_child(Process(body, {.daemon = options.daemon}));
}

Outcome ReferenceAdapter::classify(const std::exception& error) const {
  const auto* found = std::find_if(kMappings.begin(), kMappings.end(),
                                   [&](const Mapping& each) { return each.matches(error); });
  return found == kMappings.end() ? Outcome::kRaised : found->outcome;
}

void ReferenceAdapter::exit(int status) { psq::exit(status); }

std::unique_ptr<driver::Child> make_child(Process process) {
  return std::make_unique<ReferenceChild>(std::move(process));
}

int serve(ReferenceAdapter& adapter) { return after_end(driver::run(adapter)); }

int serve_child(ReferenceAdapter& adapter, const std::string& name,
                std::vector<driver::OwnObject> objects) {
  return after_end(driver::run_child(adapter, name, std::move(objects)));
}

}  // namespace psq::reference_driver
