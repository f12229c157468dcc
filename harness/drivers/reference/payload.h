// The value that the driver puts into queues of the reference: an item or a JSON value.
#pragma once

#include <psq/driver/operation.h>
#include <psq/driver/result.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "psq/codec.h"

namespace psq::reference_driver {

/// `bytes` is all that the codec writes. The other fields are demands on the codec.
struct Payload {
  std::string bytes;
  bool fails = false;  // its encoding throws
  driver::Failure failure = driver::Failure::kError;
  driver::Seconds slow{0};  // added to the time of its encoding
};

/// Throws driver::Refusal for an item that cannot be made. Items with one name in `same` are one
/// object of the calling thread, which changes.
std::shared_ptr<const Payload> make_payload(const driver::Payload& asked);

/// The received value after a check of its bytes. Safe on any bytes.
driver::Value to_value(Payload received);

}  // namespace psq::reference_driver

template <>
struct psq::Codec<psq::reference_driver::Payload> {
  static void encode(const reference_driver::Payload& payload, std::string& out);
  static reference_driver::Payload decode(std::span<const std::byte> bytes);
};
