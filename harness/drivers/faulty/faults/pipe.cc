// Faults against spec/pipe.md.
#include <cmath>

#include "effects.h"
#include "faults/tables.h"

namespace psq::faulty {
namespace {

// An operation of this kind takes not-a-number for zero.
Effect nan_is_zero(driver::Verb verb) {
  return perform([verb](driver::Object& object, driver::Operation operation, driver::Call& call) {
    const bool is_nan = operation.timeout && std::isnan(operation.timeout->count());
    if (operation.verb == verb && is_nan) operation.timeout = driver::Seconds{0};
    return object.perform(operation, call);
  });
}

}  // namespace

std::vector<Fault> pipe_faults() {
  return {
      Fault("poll-takes-nan", "pipe.poll.nan-refused", "a poll takes not-a-number for zero",
            {nan_is_zero(driver::Verb::kPoll)}),
  };
}

}  // namespace psq::faulty
