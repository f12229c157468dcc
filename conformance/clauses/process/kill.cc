// spec/process.md, process.kill.*
#include <signal.h>

#include "clauses/process/ended_by_parent.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kKillTests{[](const Define& test) {
  test("process.kill.ends",
       [](Scenario& t) { expect_ended_by_parent(t, kill_child("child"), SIGKILL); });
}};

}  // namespace
}  // namespace psq::conformance
