// The adapter of the driver kit for the reference.
#pragma once

#include <psq/driver/adapter.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace psq::reference_driver {

/// It does not change, so a forked child uses it as it is.
class ReferenceAdapter : public driver::Adapter {
 public:
  /// `name` is the name of the implementation in the hello. With `loans`, the seed of what is
  /// drawn, items of queues also go by loans, views and batches of one.
  explicit ReferenceAdapter(std::string name, std::optional<std::uint64_t> loans = std::nullopt)
      : name_(std::move(name)), loans_(loans) {}

  [[nodiscard]] driver::Hello hello() const override;
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
  [[nodiscard]] driver::Outcome classify(const std::exception& error) const override;
  [[noreturn]] void exit(int status) override;

 private:
  const std::string name_;
  const std::optional<std::uint64_t> loans_;
};

/// Serves the controller; `main` returns the result. An error that `end` raises ends the root as an
/// uncaught error ends a child of the library: it is reported, the status is 1, and the library
/// first does all that it does at exit.
int serve(ReferenceAdapter& adapter);
/// The same in the program of a child.
int serve_child(ReferenceAdapter& adapter, const std::string& name,
                std::vector<driver::OwnObject> objects);

}  // namespace psq::reference_driver
