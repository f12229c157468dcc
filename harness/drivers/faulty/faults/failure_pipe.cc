// Faults of pipes whose processes are killed, against spec/failure.md.
#include "connection_effects.h"
#include "effects.h"
#include "faults/tables.h"
#include "state.h"

namespace psq::faulty {

std::vector<Fault> failure_pipe_faults() {
  return {
      fault("killed-send-late", "failure.kill.pipe-end-of-stream",
            "every tenth message of a process is lost", {sending([](Sending& sending) {
              if (!every(10)) sending.send();
            })}),
      fault("killed-reader-unnoticed", "failure.kill.pipe-broken",
            "a send without a reader ends as ok", {sending([](Sending& sending) {
              try {
                sending.send();
              } catch (const BrokenPipe&) {
              }
            })}),
  };
}

}  // namespace psq::faulty
