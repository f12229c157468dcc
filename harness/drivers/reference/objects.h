// The objects of the reference, as the kit calls them.
#pragma once

#include <psq/driver/adapter.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "payload.h"
#include "psq/psq.h"

namespace psq::reference_driver {

/// The library's form of the protocol's `timeout`. Throws psq::InvalidArgument for not-a-number.
inline Timeout to_timeout(std::optional<driver::Seconds> timeout) {
  return timeout ? Timeout(*timeout) : Timeout(forever);
}

/// What a program needs in order to have an object of the process that executes it.
struct Passed {
  std::string text;              // without spaces
  std::optional<Handle> handle;  // has to live until the execution
};

/// An object of any type.
class ReferenceObject : public driver::Object {
 public:
  /// To be called in the process that executes the program.
  [[nodiscard]] virtual Passed pass() const = 0;
};

/// The object that a `text` names, in the program that was executed.
std::unique_ptr<driver::Object> receive_passed(driver::ObjectType type, const std::string& text);

/// With a seed: items of queues also go by loans, views and batches of one, as the seed draws.
using LoanSeed = std::optional<std::uint64_t>;

/// A child of the library.
std::unique_ptr<driver::Child> make_child(Process process);

std::unique_ptr<driver::Object> make_queue(const driver::Creation& creation, LoanSeed loans);
std::unique_ptr<driver::Object> make_joinable_queue(const driver::Creation& creation,
                                                    LoanSeed loans);
std::unique_ptr<driver::Object> make_simple_queue(LoanSeed loans);

/// One end of a pipe.
class ConnectionObject : public ReferenceObject {
 public:
  explicit ConnectionObject(Connection<Payload> connection) : connection_(std::move(connection)) {}

  driver::Result perform(const driver::Operation& operation, driver::Call& call) override;
  [[nodiscard]] std::optional<std::vector<int>> descriptors() const override;
  [[nodiscard]] Passed pass() const override;

  [[nodiscard]] Connection<Payload>& connection() { return connection_; }

 private:
  driver::Result send_bytes(const driver::Operation& operation, driver::Call& call);
  driver::Result recv_bytes(const driver::Operation& operation, driver::Call& call);
  driver::Result recv_bytes_into(const driver::Operation& operation, driver::Call& call);

  Connection<Payload> connection_;
};

/// The end of a pipe that a `Passed` names.
std::unique_ptr<driver::Object> receive_end(const std::string& text);

}  // namespace psq::reference_driver
