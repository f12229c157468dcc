// What an adapter answers.
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

/// The answer of recv_bytes_into: `count` as the call returned it, the `count` bytes that are in
/// the buffer from the offset on, and whether every other byte is as it was before the call.
struct ReceivedInto {
  std::size_t count = 0;
  Bytes bytes;
  bool rest_untouched = true;
};

/// The value of a call. Bytes that are an item are answered as one by the kit; an adapter just
/// gives the bytes. `names` of wait are the kit's: an adapter answers with positions.
using Value = std::variant<std::monostate, bool, std::int64_t, Item, Json, Bytes, ReceivedInto,
                           std::vector<std::string>, std::nullptr_t>;

/// How one call ended. `type` and `message` are the implementation's own words for an error.
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
