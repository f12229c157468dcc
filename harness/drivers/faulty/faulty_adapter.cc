#include "faulty_adapter.h"

namespace psq::faulty {
namespace {

using reference_driver::ConnectionObject;

driver::Object& right(driver::Object& object) {
  return dynamic_cast<FaultyObject&>(object).right();
}

}  // namespace

std::vector<std::unique_ptr<driver::Object>> FaultyAdapter::create(
    const driver::Creation& creation) {
  driver::Creation changed = creation;
  if (const auto& change = behaviour().driver.create) change(changed);
  auto created = ReferenceAdapter::create(changed);
  const auto& change_pipe = behaviour().adapter.created_pipe;
  if (change_pipe && created.size() == 2)
    change_pipe(end_of(*created[0]), end_of(*created[1]), changed.duplex);
  for (auto& each : created) each = std::make_unique<FaultyObject>(std::move(each));
  return created;
}

std::vector<std::size_t> FaultyAdapter::wait(const std::vector<driver::Object*>& connections,
                                             std::optional<driver::Seconds> timeout,
                                             driver::Call& call) {
  std::vector<driver::Object*> objects;
  for (driver::Object* each : connections) objects.push_back(&right(*each));
  const auto& instead = behaviour().adapter.wait;
  if (!instead) return ReferenceAdapter::wait(objects, timeout, call);
  return call([&] {
    WaitStep step{.connections = objects, .timeout = timeout, .proceed = {}};
    step.proceed = [&] {
      driver::Call untimed;
      return ReferenceAdapter::wait(step.connections, step.timeout, untimed);
    };
    return instead(step);
  });
}

void FaultyAdapter::send_connection(driver::Object& carrier, driver::Object& end,
                                    driver::Call& call) {
  const auto& instead = behaviour().adapter.send_end;
  if (!instead) return ReferenceAdapter::send_connection(right(carrier), right(end), call);
  call([&] {
    TransferStep step{.carrier = end_of(right(carrier)), .end = end_of(right(end)), .proceed = {}};
    step.proceed = [&] { step.carrier.send_connection(step.end); };
    instead(step);
  });
}

std::unique_ptr<driver::Object> FaultyAdapter::recv_connection(
    driver::Object& carrier, const std::function<void()>& hold_still, driver::Call& call) {
  auto received = ReferenceAdapter::recv_connection(right(carrier), hold_still, call);
  if (const auto& change = behaviour().adapter.received_end)
    received = std::make_unique<ConnectionObject>(change(std::move(end_of(*received))));
  return std::make_unique<FaultyObject>(std::move(received));
}

std::unique_ptr<driver::Child> FaultyAdapter::spawn(const driver::SpawnOptions& options,
                                                    const std::function<void()>& body) {
  const auto start = [&] {
    return ReferenceAdapter::spawn(options, [&] {
      if (const auto& begin = behaviour().driver.in_child) begin(options);
      body();
    });
  };
  const auto& instead = behaviour().adapter.spawn;
  return instead ? instead(options, start) : start();
}

}  // namespace psq::faulty
