#include "program/generator.h"

#include <rapidcheck.h>

#include <algorithm>

namespace psq::conformance {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::int64_t kLarge = 20'000;  // from here on a few items are many bytes
constexpr std::int64_t kManyLarge = 3;
constexpr auto kLongWait = 30ms;  // of one thread, for all repetitions of a call

// Everything below is called within rc::gen::exec, where a star draws.
std::int64_t between(std::int64_t least, std::int64_t most) {
  return *rc::gen::inRange<std::int64_t>(least, most + 1);
}

bool in_a_hundred(std::int64_t times) { return between(0, 99) < times; }

std::size_t index_below(std::size_t count) {
  return static_cast<std::size_t>(between(0, static_cast<std::int64_t>(count) - 1));
}

std::int64_t any_size() {
  const auto choice = between(0, 99);
  if (choice < 75) return between(0, 400);
  if (choice < 85) return between(400, 20'000);
  if (choice < 98) {
    return *rc::gen::elementOf(
        std::vector<std::int64_t>{1, 4095, 4096, 4097, 16383, 16384, 16385, 65535, 65536, 65537});
  }
  return *rc::gen::elementOf(std::vector<std::int64_t>{131'072, 200'000, 262'144, 1'048'576});
}

std::int64_t any_repeat() {
  const auto choice = between(0, 99);
  if (choice < 60) return between(1, 6);
  return choice < 93 ? between(8, 50) : between(80, 250);
}

Nanoseconds any_timeout() {
  return in_a_hundred(40) ? 0ns : Nanoseconds{microseconds{between(100, 15'000)}};
}

class Author {
 public:
  explicit Author(const Drawing& drawing) : drawing_(drawing) {}

  Program write() {
    if (is_pipe(drawing_.kind)) {
      write_pipe();
    } else {
      write_queues();
    }
    if (drawing_.stops && drawing_.kind == Kind::kSimpleQueue && in_a_hundred(60))
      add_waiting_writer();
    if (drawing_.kills) add_kill();
    if (drawing_.stops) add_stops();
    return std::move(program_);
  }

 private:
  [[nodiscard]] bool timed() const { return is_timed(drawing_.kind); }

  void write_queues() {
    for (std::int64_t i = in_a_hundred(85) ? 1 : 2; i > 0; --i) {
      const bool bounded = timed() && in_a_hundred(70) && drawing_.bounds;
      program_.objects.push_back({.kind = drawing_.kind, .maxsize = bounded ? between(1, 5) : 0});
    }
    for (auto processes = between(1, 4); processes > 0; --processes)
      program_.processes.push_back(any_process());
    if (!in_a_hundred(8)) {
      for (std::size_t object = 0; object < program_.objects.size(); ++object) balance(object);
    }
  }

  ProcessPlan any_process() {
    ProcessPlan process{.threads = {}, .leaves = in_a_hundred(30)};
    const auto threads = in_a_hundred(60) ? 1 : between(2, 3);
    for (std::int64_t i = 0; i < threads; ++i) process.threads.push_back(any_thread());
    // The law leaves a close during other threads' calls open.
    if (threads == 1 && in_a_hundred(8))
      process.threads[0].steps.push_back({.operation = Operation::kClose, .object = any_object()});
    return process;
  }

  std::size_t any_object() { return index_below(program_.objects.size()); }

  ThreadPlan any_thread() {
    ThreadPlan thread{.steps = {}, .starts = in_a_hundred(80) ? 0ns : any_timeout()};
    const auto puts = *rc::gen::elementOf(std::vector<std::int64_t>{100, 100, 0, 0, 50});
    for (auto steps = between(1, 4); steps > 0; --steps) {
      const std::size_t object = any_object();
      if (in_a_hundred(15)) thread.steps.push_back(any_pause());
      if (in_a_hundred(15)) thread.steps.push_back(any_look(object));
      add_transfer(thread, object, in_a_hundred(puts));
    }
    if (drawing_.kind == Kind::kJoinableQueue && in_a_hundred(25))
      thread.steps.push_back({.operation = Operation::kJoin, .object = any_object()});
    return thread;
  }

  void add_transfer(ThreadPlan& thread, std::size_t object, bool puts) {
    Action action{.operation = puts ? Operation::kPut : Operation::kGet,
                  .object = object,
                  .repeat = any_repeat()};
    if (puts) action = sized(action);
    if (timed() && in_a_hundred(35))
      action.time = std::min<Nanoseconds>(any_timeout(), kLongWait / action.repeat);
    thread.steps.push_back(action);
    if (!puts && drawing_.kind == Kind::kJoinableQueue && in_a_hundred(85)) {
      thread.steps.push_back(
          {.operation = Operation::kTaskDone, .object = object, .repeat = action.repeat});
    }
  }

  static Action sized(Action action) {
    action.size = any_size();
    if (action.size > kLarge) action.repeat = std::min(action.repeat, kManyLarge);
    return action;
  }

  static Action any_pause() {
    return {.operation = Operation::kPause, .time = microseconds{between(50, 8'000)}};
  }

  Action any_look(std::size_t object) {
    const auto& verbs = timed()
                            ? std::vector{Operation::kQsize, Operation::kEmpty, Operation::kFull}
                            : std::vector{Operation::kEmpty};
    return {.operation = *rc::gen::elementOf(verbs), .object = object, .repeat = between(1, 3)};
  }

  template <typename Do>
  void for_each_step(std::size_t object, Do&& act) {
    for (ProcessPlan& process : program_.processes) {
      for (ThreadPlan& thread : process.threads) {
        for (Action& action : thread.steps) {
          if (action.object == object && action.operation != Operation::kPause) act(action);
        }
      }
    }
  }

  // Most programs end without help: a bound leaves room for items that are put and not obtained,
  // and no get without a timeout waits for an item that is not put.
  void balance(std::size_t object) {
    std::int64_t put = 0;
    std::int64_t got = 0;
    for_each_step(object, [&](Action& action) {
      if (action.time != kNoEnd) return;
      if (action.operation == Operation::kPut) put += action.repeat;
    });
    for_each_step(object, [&](Action& action) {
      if (action.operation != Operation::kGet || action.time != kNoEnd) return;
      if (got + action.repeat > put && timed()) {
        action.time = kLongWait / action.repeat;
      } else if (got + action.repeat > put) {
        action.repeat = std::max<std::int64_t>(1, put - got);
      }
      got += action.time == kNoEnd ? action.repeat : 0;
    });
    const std::int64_t room = program_.objects[object].maxsize;
    if (room > 0 && put > got + room) obtain_rest(object, put - got - room);
  }

  void obtain_rest(std::size_t object, std::int64_t count) {
    ProcessPlan& process = program_.processes[index_below(program_.processes.size())];
    const Action rest{.operation = Operation::kGet, .object = object, .repeat = count};
    const bool closes = process.threads.back().steps.back().operation == Operation::kClose;
    if (process.threads.size() < 3 && !closes) {
      process.threads.push_back({.steps = {rest}});
    } else {
      process.threads.back().steps.insert(process.threads.back().steps.begin(), rest);
    }
  }

  void write_pipe() {
    program_.objects.push_back({.kind = drawing_.kind});
    program_.processes.resize(in_a_hundred(80) ? 2 : 1);
    add_way(1, 0);
    if (drawing_.kind == Kind::kDuplexPipe) add_way(0, 1);
    for (ProcessPlan& process : program_.processes) process.leaves = in_a_hundred(20);
  }

  // One thread that sends at one end and one that receives at the other.
  void add_way(int from, int to) {
    ThreadPlan sender;
    std::int64_t sent = 0;
    for (auto steps = between(1, 4); steps > 0; --steps) {
      if (in_a_hundred(15)) sender.steps.push_back(any_pause());
      sender.steps.push_back(
          sized({.operation = Operation::kSend, .end = from, .repeat = any_repeat()}));
      sent += sender.steps.back().repeat;
    }
    ThreadPlan receiver;
    for (std::int64_t left = in_a_hundred(90) ? sent : sent / 2; left > 0;) {
      if (in_a_hundred(30))
        receiver.steps.push_back({.operation = Operation::kPoll, .end = to, .time = any_timeout()});
      if (in_a_hundred(15)) receiver.steps.push_back(any_pause());
      receiver.steps.push_back(
          {.operation = Operation::kRecv, .end = to, .repeat = std::min(any_repeat(), left)});
      left -= receiver.steps.back().repeat;
    }
    add_to_process(static_cast<std::size_t>(from), sender);
    add_to_process(static_cast<std::size_t>(to), receiver);
  }

  void add_to_process(std::size_t process, const ThreadPlan& thread) {
    program_.processes[process % program_.processes.size()].threads.push_back(thread);
  }

  void add_kill() {
    program_.kills.push_back({.process = index_below(program_.processes.size()),
                              .after = microseconds{between(0, 6'000)}});
  }

  // Three processes: one puts more than transports hold, and is stopped while it waits for room. Of
  // the other two, which begin later, one puts and one gets.
  void add_waiting_writer() {
    const std::size_t object = any_object();
    const auto puts = [object](std::int64_t repeat, std::int64_t size) {
      return Action{.operation = Operation::kPut, .object = object, .repeat = repeat, .size = size};
    };
    const auto pause = [](Nanoseconds time) {
      return Action{.operation = Operation::kPause, .time = time};
    };
    const Action fill = puts(between(40, 60), between(8'000, 16'000));
    const Action more = puts(between(1, 10), between(0, 400));
    const Action get{
        .operation = Operation::kGet, .object = object, .repeat = fill.repeat + more.repeat};
    program_.stops.push_back({.process = program_.processes.size(),
                              .lasts = milliseconds{between(60, 90)},
                              .when_it_waits = true});
    const std::vector<std::vector<Action>> processes{
        {fill}, {pause(40ms), more}, {pause(45ms), get}};
    for (const auto& steps : processes)
      program_.processes.push_back({.threads = {{.steps = steps}}});
  }

  void add_stops() {
    for (auto count = between(1, 3); count > 0; --count) {
      program_.stops.push_back(
          {.process = index_below(program_.processes.size()),
           .after = microseconds{between(0, 6'000)},
           .lasts = microseconds{in_a_hundred(80) ? between(100, 20'000) : between(20'000, 90'000)},
           .when_it_waits = in_a_hundred(50)});
    }
    program_.stops.back().killed = in_a_hundred(25);
  }

  const Drawing& drawing_;
  Program program_;
};

}  // namespace

Program draw_program(std::uint64_t seed, const Drawing& drawing) {
  const auto programs = rc::gen::exec([&] { return Author{drawing}.write(); });
  return programs(rc::Random{seed}, 100).value();
}

Kind draw_kind(std::uint64_t seed) {
  const auto kinds = rc::gen::element(Kind::kQueue, Kind::kQueue, Kind::kJoinableQueue,
                                      Kind::kSimpleQueue, Kind::kPipe, Kind::kDuplexPipe);
  return kinds(rc::Random{~seed}, 100).value();
}

}  // namespace psq::conformance
