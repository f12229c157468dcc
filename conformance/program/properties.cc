// The properties: whatever a program does with an object of this type, what its processes see is
// what the law allows. One test a type, each a search for a program that shows otherwise.
#include "program/search.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

[[noreturn]] void fail(const Failure& failure) {
  const Violation& violation = *failure.run.violation;
  throw Failed{.clause = violation.clause,
               .expected = "a run that the clauses allow",
               .saw = violation.why + " (found by: " + violation.checker + ", seed " +
                      std::to_string(failure.seed) + ")",
               .columns = in_words(failure),
               .files = evidence_of(failure)};
}

void any_program(Scenario& t, Kind kind) {
  Search search{t,
                {.kind = kind,
                 .first_seed = t.seed(),
                 .budget = t.effort().budget,
                 .shrink_for = t.patient(t.effort().shrinking)}};
  const auto failure = search.next_failure();
  t.note_seen(numbers_of(search.seen()));
  if (failure) fail(*failure);
  if (const std::string why = too_gentle(search.seen()); !why.empty()) throw Inconclusive{why};
}

void queue(Scenario& t) { any_program(t, Kind::kQueue); }

void joinable_queue(Scenario& t) { any_program(t, Kind::kJoinableQueue); }

void simple_queue(Scenario& t) { any_program(t, Kind::kSimpleQueue); }

void pipe(Scenario& t) { any_program(t, Kind::kPipe); }

void duplex_pipe(Scenario& t) { any_program(t, Kind::kDuplexPipe); }

const std::string kName = "programs";

const Tests kTests{
    {{"queue.many-to-many", "queue.get.exactly-once", "queue.order.per-producer",
      "queue.order.threads-of-one-producer", "queue.create.bound-among-producers",
      "queue.put.all-waiting-served", "queue.get.all-waiting-served", "queue.exit.flushes"},
     queue,
     kName},
    {{"joinable-queue.join.waits-for-tasks", "joinable-queue.join.returns-at-zero",
      "joinable-queue.task-done.too-often", "joinable-queue.task-done.at-once-after-get",
      "joinable-queue.get.exactly-once", "joinable-queue.order.per-producer",
      "joinable-queue.create.bound", "joinable-queue.exit.flushes"},
     joinable_queue,
     kName},
    {{"simple-queue.order.fifo", "simple-queue.get.exactly-once", "simple-queue.empty.exact",
      "simple-queue.put.visible-on-return", "simple-queue.get.all-served",
      "simple-queue.exit.items-remain"},
     simple_queue,
     kName},
    {{"pipe.order.messages", "pipe.item.sizes-intact", "pipe.recv.waits-for-message"}, pipe, kName},
    {{"pipe.duplex.both-ways-at-once", "pipe.order.messages", "pipe.item.sizes-intact"},
     duplex_pipe,
     kName},
};

}  // namespace
}  // namespace psq::conformance
