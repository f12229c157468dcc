// A good history, changed in one place: the checker of that mistake must find it, whichever history
// and whichever place.
#include <functional>
#include <random>

#include "history/tests/expect.h"
#include "history/tests/simulated.h"

namespace psq::history {
namespace {

using enum ObjectKind;

constexpr int kTimes = 200;

bool finds(const History& history, const std::string& checker) {
  bool found = false;
  for (const auto& finding : check_all(history)) {
    expect_clauses_exist(finding);
    found = found || (finding.checker == checker && finding.judgment == Judgment::kViolated &&
                      !finding.witness.empty());
  }
  return found;
}

/// Operations that fit, in the order of the history.
std::vector<std::size_t> those(const History& history,
                               const std::function<bool(const Operation&)>& fit) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    if (fit(history.operations[i])) found.push_back(i);
  }
  return found;
}

bool is_get(const Operation& operation) {
  return operation.op == Operator::kGet && operation.result == Result::kOk;
}
bool is_put(const Operation& operation) { return operation.op == Operator::kPut; }

std::size_t one_of(Random& random, const std::vector<std::size_t>& all) {
  return all.at(random() % all.size());
}

/// The operation that does this to that value.
Operation& of_value(History& history, Operator op, std::int64_t value) {
  return *std::ranges::find_if(history.operations, [&](const Operation& operation) {
    return operation.op == op && operation.value == value;
  });
}

/// Two gets that obtained, in their order, two values that one process put in that order; far
/// enough apart that none of the four calls overlaps the other of its kind.
std::pair<std::size_t, std::size_t> far_apart(Random& random, const History& history) {
  const auto gets = those(history, is_get);
  for (;;) {
    const auto first = one_of(random, gets);
    const auto second = one_of(random, gets);
    const auto& a = history.operations[first];
    const auto& b = history.operations[second];
    if (a.returned >= b.invoked) continue;
    auto copy = history;
    const auto& put_a = of_value(copy, Operator::kPut, a.value);
    const auto& put_b = of_value(copy, Operator::kPut, b.value);
    if (put_a.returned < put_b.invoked && put_a.process == put_b.process) return {first, second};
  }
}

using Mutate = std::function<void(Random&, History&)>;

void swap_gets(Random& random, History& history) {
  const auto [first, second] = far_apart(random, history);
  std::swap(history.operations[first].value, history.operations[second].value);
}

void lose(Random& random, History& history) {
  const auto get = one_of(random, those(history, is_get));
  history.operations.erase(history.operations.begin() + static_cast<std::ptrdiff_t>(get));
}

void duplicate(Random& random, History& history) {
  const auto gets = those(history, is_get);
  history.operations.push_back(history.operations[one_of(random, gets)]);
}

void invent(Random& random, History& history) {
  const auto put = one_of(random, those(history, is_put));
  history.operations.erase(history.operations.begin() + static_cast<std::ptrdiff_t>(put));
}

void obtain_before_put(Random& random, History& history) {
  auto& get = history.operations[one_of(random, those(history, is_get))];
  const auto put = of_value(history, Operator::kPut, get.value).invoked;
  get.invoked = put - 2;
  get.returned = put - 1;
}

void tear(Random& random, History& history) {
  history.operations[one_of(random, those(history, is_get))].intact = false;
}

void give_up_early(Random& random, History& history) {
  auto operation = history.operations[one_of(random, those(history, is_get))];
  operation.result = Result::kEmpty;
  operation.value = -1;
  operation.timeout = operation.returned - operation.invoked + 1;
  history.operations.push_back(operation);
}

/// A wrong answer while a value surely is in the queue and no other call is in progress.
void find_empty(Random& random, History& history) {
  auto& get = history.operations[one_of(random, those(history, is_get))];
  const auto value = get.value;
  const auto put = of_value(history, Operator::kPut, value);
  for (auto& operation : history.operations) {  // room for it, between the put and everything else
    if (operation.invoked > put.returned) operation.invoked += 10;
    if (operation.returned > put.returned) operation.returned += 10;
  }
  auto& taken = of_value(history, Operator::kGet, value);
  taken.invoked = std::max(taken.invoked, put.returned + 10);
  taken.returned = std::max(taken.returned, taken.invoked);
  Operation empty = taken;
  empty.result = Result::kEmpty;
  empty.value = -1;
  empty.timeout = 0;
  empty.invoked = put.returned + 2;
  empty.returned = put.returned + 8;
  history.operations.push_back(empty);
}

void add_a_slot_too_many(Random&, History& history) {
  // All gets come later by more than the whole run takes: the queue fills beyond its bound.
  const auto last = history.operations.back().returned;
  for (auto& operation : history.operations) {
    if (operation.op != Operator::kPut) {
      operation.invoked += last;
      operation.returned += last;
    }
  }
}

void be_full_early(Random&, History& history) {
  const auto first = std::ranges::min(history.operations, {}, &Operation::invoked).invoked;
  Operation full = history.operations[those(history, is_put).at(0)];
  full.value = -1;
  full.result = Result::kFull;
  full.timeout = 0;
  full.invoked = first - 10;
  full.returned = first - 5;
  history.operations.push_back(full);
}

void join_early(Random&, History& history) {
  const auto gets = those(history, is_get);
  const auto at = history.operations[gets.at(gets.size() / 2)].returned;
  for (auto& operation : history.operations) {  // no task is finished until later
    if (operation.op == Operator::kTaskDone && operation.invoked <= at) operation.invoked = at + 1;
    operation.returned = std::max(operation.returned, operation.invoked);
    if (operation.op == Operator::kJoin) operation.returned = at;
    if (operation.op == Operator::kJoin) operation.invoked = at - 1;
  }
}

void refuse_task_done(Random& random, History& history) {
  const auto is_done = [](const Operation& o) { return o.op == Operator::kTaskDone; };
  history.operations[one_of(random, those(history, is_done))].result = Result::kTaskDoneTooOften;
}

void do_too_many_tasks(Random&, History& history) {
  auto done = history.operations.back();
  done.op = Operator::kTaskDone;
  done.result = Result::kOk;
  history.operations.push_back(done);
}

struct Mutant {
  const char* name;
  ObjectKind kind;
  const char* checker;
  Mutate mutate;
};

/// For messages: the bytes alone say nothing.
void PrintTo(const Mutant& mutant, std::ostream* out) { *out << mutant.name; }

class Mutants : public testing::TestWithParam<Mutant> {};

TEST_P(Mutants, AreFound) {
  const auto& mutant = GetParam();
  Random random{99};
  for (int i = 0; i < kTimes; ++i) {
    const Simulation wanted{.kind = mutant.kind,
                            .maxsize = mutant.kind == kSimpleQueue || mutant.kind == kPipe ? 0 : 4,
                            .values = 60,
                            .processes = 4,
                            .empties = 0.2,
                            .tasks = mutant.kind == kJoinableQueue,
                            .seed = static_cast<std::uint64_t>(i)};
    auto history = simulate(wanted);
    expect_holds(history);
    mutant.mutate(random, history);
    ASSERT_TRUE(finds(history, mutant.checker)) << "seed " << i << '\n' << to_text(history);
  }
}

INSTANTIATE_TEST_SUITE_P(
    OneMistake, Mutants,
    testing::Values(Mutant{"SwapQueue", kQueue, "producer-order", swap_gets},
                    Mutant{"SwapSimpleQueue", kSimpleQueue, "fifo", swap_gets},
                    Mutant{"SwapPipe", kPipe, "fifo", swap_gets},
                    Mutant{"LoseQueue", kQueue, "nothing-lost", lose},
                    Mutant{"LoseSimpleQueue", kSimpleQueue, "nothing-lost", lose},
                    Mutant{"DuplicateQueue", kQueue, "nothing-duplicated", duplicate},
                    Mutant{"DuplicateSimpleQueue", kSimpleQueue, "fifo", duplicate},
                    Mutant{"InventQueue", kQueue, "nothing-invented", invent},
                    Mutant{"InventManagerQueue", kManagerQueue, "fifo", invent},
                    Mutant{"ObtainBeforePutQueue", kQueue, "nothing-invented", obtain_before_put},
                    Mutant{"ObtainBeforePutPipe", kPipe, "fifo", obtain_before_put},
                    Mutant{"TearQueue", kQueue, "nothing-invented", tear},
                    Mutant{"GiveUpEarlyQueue", kQueue, "timeouts", give_up_early},
                    Mutant{"GiveUpEarlyManagerQueue", kManagerQueue, "timeouts", give_up_early},
                    Mutant{"FindEmptySimpleQueue", kSimpleQueue, "fifo", find_empty},
                    Mutant{"FindEmptyManagerQueue", kManagerQueue, "fifo", find_empty},
                    Mutant{"SlotTooManyQueue", kQueue, "capacity", add_a_slot_too_many},
                    Mutant{"SlotTooManyJoinableQueue", kJoinableQueue, "capacity",
                           add_a_slot_too_many},
                    Mutant{"FullEarlyQueue", kQueue, "full", be_full_early},
                    Mutant{"JoinEarly", kJoinableQueue, "join", join_early},
                    Mutant{"RefuseTaskDone", kJoinableQueue, "tasks", refuse_task_done},
                    Mutant{"TooManyTasks", kJoinableQueue, "tasks", do_too_many_tasks}),
    [](const auto& mutant) { return std::string{mutant.param.name}; });

}  // namespace
}  // namespace psq::history
