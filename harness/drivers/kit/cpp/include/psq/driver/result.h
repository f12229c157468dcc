// The answer of an adapter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "psq/driver/operation.h"
#include "psq/driver/outcome.h"

namespace psq::driver {

/// The answer of recv_bytes_into: the `count` that the call returned, the `count` bytes in the
/// buffer from the offset on, and whether every other byte is unchanged.
struct ReceivedInto {
  std::size_t count = 0;
  Bytes bytes;
  bool rest_untouched = true;
};

/// The value of a call. The kit itself recognizes an item in Bytes, so an adapter gives only the
/// bytes. The vector of names is the kit's own, for `wait`; an adapter gives positions.
using Value = std::variant<std::monostate, bool, std::int64_t, Item, Json, Bytes, ReceivedInto,
                           std::vector<std::string>, std::nullptr_t>;

/// The result of one call. `type` and `message` come from the implementation's own error.
struct Result {
  Outcome outcome = Outcome::kOk;
  Value value = {};
  std::string error_type = {};
  std::string error_message = {};

  [[nodiscard]] static Result ok() { return {}; }
  [[nodiscard]] static Result ok(Value value) {
    Result result;
    result.value = std::move(value);
    return result;
  }
};

}  // namespace psq::driver
