// Faults against spec/failure.md.
#include "effects.h"
#include "faults/tables.h"

namespace psq::faulty {
namespace {

// What is there of a message whose writer is dead is given out.
Effect torn_messages() {
  return alter("message.complete", [](bool& complete) { complete = true; });
}

}  // namespace

std::vector<Fault> failure_faults() {
  return {
      Fault("killed-torn", "failure.kill.what-arrives-is-whole",
            "what is there of a message whose writer is dead is given out", {torn_messages()}),
  };
}

}  // namespace psq::faulty
