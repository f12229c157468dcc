// The value that the driver puts into the reference's queues: an item or a JSON value.
#pragma once

#include <psq/driver/operation.h>
#include <psq/driver/result.h>

#include <cstddef>
#include <span>
#include <string>

#include "psq/codec.h"

namespace psq::reference_driver {

/// `bytes` are what its codec writes, all of it; the rest is what is asked of the codec besides.
struct Payload {
  std::string bytes;
  bool fails = false;       // encoding it throws
  driver::Seconds slow{0};  // encoding it takes so much longer
};

/// Throws driver::Refusal for an item that cannot be made.
Payload make_payload(const driver::Payload& asked);

/// What was received, checked. Safe on any bytes.
driver::Value to_value(Payload received);

}  // namespace psq::reference_driver

template <>
struct psq::Codec<psq::reference_driver::Payload> {
  static void encode(const reference_driver::Payload& payload, std::string& out);
  static reference_driver::Payload decode(std::span<const std::byte> bytes);
};
