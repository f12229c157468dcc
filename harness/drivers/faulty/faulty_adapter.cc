#include "faulty_adapter.h"

namespace psq::faulty {
namespace {

driver::Object& right(driver::Object& object) {
  return dynamic_cast<FaultyObject&>(object).right();
}

}  // namespace

std::vector<std::unique_ptr<driver::Object>> FaultyAdapter::create(
    const driver::Creation& creation) {
  driver::Creation changed = creation;
  if (const auto& change = behaviour().driver.create) change(changed);
  std::vector<std::unique_ptr<driver::Object>> created;
  for (auto& each : ReferenceAdapter::create(changed))
    created.push_back(std::make_unique<FaultyObject>(std::move(each)));
  return created;
}

std::vector<std::size_t> FaultyAdapter::wait(const std::vector<driver::Object*>& connections,
                                             std::optional<driver::Seconds> timeout,
                                             driver::Call& call) {
  std::vector<driver::Object*> objects;
  for (driver::Object* each : connections) objects.push_back(&right(*each));
  return ReferenceAdapter::wait(objects, timeout, call);
}

void FaultyAdapter::send_connection(driver::Object& carrier, driver::Object& end,
                                    driver::Call& call) {
  ReferenceAdapter::send_connection(right(carrier), right(end), call);
}

std::unique_ptr<driver::Object> FaultyAdapter::recv_connection(
    driver::Object& carrier, const std::function<void()>& hold_still, driver::Call& call) {
  return std::make_unique<FaultyObject>(
      ReferenceAdapter::recv_connection(right(carrier), hold_still, call));
}

std::unique_ptr<driver::Child> FaultyAdapter::spawn(const driver::SpawnOptions& options,
                                                    const std::function<void()>& body) {
  return ReferenceAdapter::spawn(options, [&] {
    if (const auto& begin = behaviour().driver.in_child) begin(options);
    body();
  });
}

}  // namespace psq::faulty
