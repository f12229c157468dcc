// The objects of the reference, as the kit calls them.
#pragma once

#include <psq/driver/adapter.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "payload.h"
#include "psq/psq.h"

namespace psq::reference_driver {

/// The library's form of the protocol's `timeout`. Throws psq::InvalidArgument for not-a-number.
inline Timeout to_timeout(std::optional<driver::Seconds> timeout) {
  return timeout ? Timeout(*timeout) : Timeout(forever);
}

std::unique_ptr<driver::Object> make_queue(const driver::Creation& creation);
std::unique_ptr<driver::Object> make_joinable_queue(const driver::Creation& creation);
std::unique_ptr<driver::Object> make_simple_queue();

/// One end of a pipe.
class ConnectionObject : public driver::Object {
 public:
  explicit ConnectionObject(Connection<Payload> connection) : connection_(std::move(connection)) {}

  driver::Result perform(const driver::Operation& operation, driver::Call& call) override;
  [[nodiscard]] std::optional<std::vector<int>> descriptors() const override;

  [[nodiscard]] Connection<Payload>& connection() { return connection_; }

 private:
  driver::Result send_bytes(const driver::Operation& operation, driver::Call& call);
  driver::Result recv_bytes(const driver::Operation& operation, driver::Call& call);
  driver::Result recv_bytes_into(const driver::Operation& operation, driver::Call& call);

  Connection<Payload> connection_;
};

}  // namespace psq::reference_driver
