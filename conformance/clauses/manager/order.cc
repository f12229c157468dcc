// spec/manager.md, manager.order.*
#include "clauses/shared/items.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

const Tests kOrderTests{[](const Define& test) {
  // Each put returns before the next is invoked, each in another process: the gets have one order
  // to follow.
  test("manager.order.fifo/puts-of-several",
       [](Scenario& t) { fifo_of_puts(t, QueueKind::kQueue); });

  test("manager.order.fifo/gets-of-several",
       [](Scenario& t) { fifo_of_gets(t, QueueKind::kQueue); });
}};

}  // namespace
}  // namespace psq::conformance
