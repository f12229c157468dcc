// One request of the driver protocol, typed as spec/operations.md has it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "generated/arguments.h"
#include "protocol/posix.h"

namespace psq::conformance {

struct Request {
  Operation operation = Operation::kCreate;
  ObjectType type = ObjectType::kProcess;  // whose operation it is in the hello's capabilities
  std::string on = {};
  std::string thread = "main";
  Arguments arguments = {};
  std::optional<std::int64_t> repeat = {};  // of an element of a list

  /// The same request, done by the named thread.
  [[nodiscard]] Request by(std::string name) const;
  /// The same element of a list, done so many times.
  [[nodiscard]] Request repeated(std::int64_t times) const;
  /// The same request with that timeout, which may be infinite or not a number.
  [[nodiscard]] Request timing_out_after(double seconds) const;
  /// The same list, begun at that time.
  [[nodiscard]] Request starting_at(Nanoseconds time) const;
  /// The same list, ended by the first outcome other than ok.
  [[nodiscard]] Request stopping_on_error() const;
};

/// How a person reads it: `put q producer#2 timeout 0.2`.
std::string describe(const Request& request);

/// Throws std::logic_error unless spec/operations.md has the request: the operation for that type,
/// with every field that it needs and no other.
void check(const Request& request);

/// One line, with its end. `id` is the number that the answer will carry. Checks the request.
std::string encode(const Request& request, std::int64_t id);

}  // namespace psq::conformance
