#include "history/tests/random_history.h"

#include <algorithm>
#include <sstream>

#include "history/vocabulary_names.h"

namespace psq::history {
namespace {

int below(Random& random, int bound) {
  return std::uniform_int_distribution<int>{0, bound - 1}(random);
}

bool one_in(Random& random, int times) { return below(random, times) == 0; }

History empty_history(ObjectKind kind, std::int64_t maxsize) {
  History history;
  history.objects.push_back({.name = "q", .kind = kind, .maxsize = maxsize});
  history.processes.push_back({.name = "p"});
  history.producers.emplace_back("p");
  return history;
}

void add(History& history, Operation operation) {
  operation.thread = static_cast<std::uint32_t>(history.threads.size());
  history.threads.push_back({"p", "t" + std::to_string(operation.thread)});
  history.operations.push_back(operation);
}

std::int64_t new_value(History& history) {
  history.values.push_back({.seq = std::ssize(history.values)});
  return std::ssize(history.values) - 1;
}

/// An interval around the time at which it takes effect; sometimes it never ends.
void spread(Random& random, Operation& operation, Time moment, int width) {
  operation.invoked = std::max<Time>(0, moment - below(random, width));
  operation.returned = moment + below(random, width);
  if (one_in(random, operation.op == Operator::kGet ? 6 : 12)) {
    operation.result = Result::kPending;
    operation.returned = kNever;
    if (operation.op == Operator::kGet) operation.value = -1;
  }
}

/// What the simulated object is made of. A mistake now and then makes a history that is wrong.
struct Simulated {
  std::vector<std::int64_t> items = {};
  std::int64_t unfinished = 0;
};

Operation draw_get(Random& random, Simulated& queue) {
  Operation get{.op = Operator::kGet, .result = Result::kEmpty, .timeout = 0};
  if (queue.items.empty() || one_in(random, 8)) return get;
  const auto at = one_in(random, 2) ? below(random, static_cast<int>(queue.items.size())) : 0;
  get.result = Result::kOk;
  get.value = queue.items[static_cast<std::size_t>(at)];
  queue.items.erase(queue.items.begin() + at);
  return get;
}

Operation draw_put(Random& random, History& history, Simulated& queue) {
  const auto maxsize = history.objects[0].maxsize;
  Operation put{.op = Operator::kPut, .result = Result::kOk, .value = new_value(history)};
  const bool full = maxsize > 0 && std::ssize(queue.items) >= maxsize;
  if (full != one_in(random, 12)) {
    put.result = maxsize > 0 ? Result::kFull : Result::kOk;
  }
  if (put.result == Result::kOk) {
    queue.items.push_back(put.value);
    ++queue.unfinished;
  } else {
    put.timeout = 0;
  }
  return put;
}

Operation draw_task(Random& random, Simulated& queue) {
  if (one_in(random, 3)) return {.op = Operator::kJoin, .result = Result::kOk};
  Operation done{.op = Operator::kTaskDone, .result = Result::kTaskDoneTooOften};
  if ((queue.unfinished > 0) != one_in(random, 12)) {
    done.result = Result::kOk;
    --queue.unfinished;
  }
  return done;
}

/// Other values and times, without any sense.
void add_noise(Random& random, History& history) {
  for (auto& operation : history.operations) {
    if (one_in(random, 3)) operation.invoked = below(random, 12);
    if (operation.result == Result::kPending) continue;
    operation.returned = std::max(operation.returned, operation.invoked);
    if (operation.op != Operator::kGet || operation.result != Result::kOk) continue;
    if (one_in(random, 4)) operation.value = below(random, static_cast<int>(history.values.size()));
  }
}

}  // namespace

History random_queue_history(Random& random, ObjectKind kind, int most) {
  auto history = empty_history(kind, 0);
  Simulated queue;
  Time moment = 0;
  const int width = 1 + below(random, one_in(random, 3) ? 9 : 3);
  const int count = most - below(random, one_in(random, 8) ? most : 2);
  for (int i = 0; i < count; ++i) {
    moment += 1 + below(random, 4);
    auto operation = one_in(random, 2) ? draw_put(random, history, queue) : draw_get(random, queue);
    spread(random, operation, moment, width);
    add(history, operation);
  }
  if (one_in(random, 3)) add_noise(random, history);
  return history;
}

History random_task_history(Random& random, std::int64_t maxsize, int most) {
  auto history = empty_history(ObjectKind::kJoinableQueue, maxsize);
  Simulated queue;
  Time moment = 0;
  const int width = 1 + below(random, one_in(random, 3) ? 9 : 3);
  const int count = most - below(random, one_in(random, 8) ? most : 2);
  for (int i = 0; i < count; ++i) {
    moment += 1 + below(random, 4);
    Operation operation;
    switch (below(random, 4)) {
      case 0:
        operation = draw_get(random, queue);
        break;
      case 1:
        operation = draw_task(random, queue);
        break;
      default:
        operation = draw_put(random, history, queue);
    }
    spread(random, operation, moment, width);
    add(history, operation);
  }
  return history;
}

History part(const History& history, const std::vector<std::size_t>& operations) {
  History some = history;
  some.operations.clear();
  for (const auto number : operations) some.operations.push_back(history.operations[number]);
  return some;
}

std::string to_text(const History& history) {
  std::ostringstream out;
  for (const auto& operation : history.operations) {
    out << to_string(operation.op, history.objects[operation.object].kind) << " value "
        << operation.value << ' ' << to_string(operation.result) << " [" << operation.invoked
        << ", ";
    if (operation.returned == kNever) {
      out << "never]\n";
    } else {
      out << operation.returned << "]\n";
    }
  }
  return out.str();
}

}  // namespace psq::history
