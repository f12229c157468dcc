// The reference's adapter, some of whose calls are the chosen fault's.
#pragma once

#include "adapter.h"
#include "behaviour.h"

namespace psq::faulty {

/// Forwards every operation to the reference's object, or to the fault.
class FaultyObject final : public driver::Object {
 public:
  explicit FaultyObject(std::unique_ptr<driver::Object> object) : object_(std::move(object)) {}

  driver::Result perform(const driver::Operation& operation, driver::Call& call) override {
    const auto& instead = behaviour().driver.perform;
    return instead ? instead(*object_, operation, call) : object_->perform(operation, call);
  }
  [[nodiscard]] std::optional<std::vector<int>> descriptors() const override {
    return object_->descriptors();
  }

  [[nodiscard]] driver::Object& right() const { return *object_; }

 private:
  std::unique_ptr<driver::Object> object_;
};

class FaultyAdapter final : public reference_driver::ReferenceAdapter {
 public:
  using ReferenceAdapter::ReferenceAdapter;

  std::vector<std::unique_ptr<driver::Object>> create(const driver::Creation& creation) override;
  std::vector<std::size_t> wait(const std::vector<driver::Object*>& connections,
                                std::optional<driver::Seconds> timeout,
                                driver::Call& call) override;
  void send_connection(driver::Object& carrier, driver::Object& end, driver::Call& call) override;
  std::unique_ptr<driver::Object> recv_connection(driver::Object& carrier,
                                                  const std::function<void()>& hold_still,
                                                  driver::Call& call) override;
  std::unique_ptr<driver::Child> spawn(const driver::SpawnOptions& options,
                                       const std::function<void()>& body) override;
};

}  // namespace psq::faulty
