// spec/process.md, process.hygiene.*
#include <filesystem>

#include "clauses/process/resources.h"
#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

std::size_t open_descriptors(Scenario& t) {
  const std::filesystem::path folder =
      "/proc/" + std::to_string(t.session().peer("root").pid) + "/fd";
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{folder}, {}));
}

// Creates, uses and closes one object of each type; the last reference is dropped.
void use_and_drop(Scenario& t, const Actor& main, const std::string& suffix) {
  const Object q = main.queue(2, "queue" + suffix);
  const Object joinable = main.joinable_queue(0, "joinable" + suffix);
  const Object simple = main.simple_queue("simple" + suffix);
  const auto ends = main.pipe(true, "left" + suffix, "right" + suffix);
  for (const Object& each : {q, joinable, simple}) {
    main.ok(put(each, t.item("main", 0)));
    t.expect_payload(main.call(get(each)), t.item("main", 0));
    main.ok(close(each));
  }
  for (const Object& each : {q, joinable}) main.ok(join_thread(each));
  main.ok(send(ends.first, t.item("main", 0)));
  t.expect_payload(main.call(recv(ends.second)), t.item("main", 0));
  for (const Object& each : {ends.first, ends.second}) main.ok(close(each));
  for (const Object& each : {q, joinable, simple, ends.first, ends.second}) main.ok(drop(each));
}

// Creates and closes one object of each type, and drops it.
void close_and_drop(const Actor& main, const std::string& suffix) {
  const Object q = main.queue(2, "queue" + suffix);
  const Object joinable = main.joinable_queue(0, "joinable" + suffix);
  const Object simple = main.simple_queue("simple" + suffix);
  const auto ends = main.pipe(true, "left" + suffix, "right" + suffix);
  const std::vector<Object> all{q, joinable, simple, ends.first, ends.second};
  for (const Object& each : all) main.ok(close(each));
  for (const Object& each : all) main.ok(drop(each));
}

// Sends an end to itself, uses what it obtains, and closes and drops all of it.
void send_and_drop(Scenario& t, const Actor& main, const std::string& suffix) {
  const auto [here, there] = main.pipe(true, "here" + suffix, "there" + suffix);
  const auto [x, y] = main.pipe(true, "x" + suffix, "y" + suffix);
  const Object got{.name = "got" + suffix, .type = ObjectType::kConnection};
  main.ok(send_connection(here, y));
  main.ok(recv_connection(there, got.name));
  main.ok(send(x, t.item("main", 0)));
  t.expect_payload(main.call(recv(got)), t.item("main", 0));
  for (const Object& each : {here, there, x, y, got}) main.ok(close(each));
  for (const Object& each : {here, there, x, y, got}) main.ok(drop(each));
}

using Calls = std::vector<Request>;

// Of the calls that move an item, and of those that end without one, each at its timeout.
constexpr int kMany = 150;
constexpr int kInVain = 12;
constexpr std::int64_t kBytes = 2000;

void add(Calls& calls, int times, const Calls& these) {
  for (int i = 0; i < times; ++i) calls.insert(calls.end(), these.begin(), these.end());
}

// On a queue that one item fills. `finish` follows each get that obtained something.
Calls queue_calls(const Item& item, const Object& q, const Calls& finish = {}) {
  Calls once{put(q, item), get(q)};
  add(once, 1, finish);
  Calls calls;
  add(calls, kMany, once);
  add(calls, kInVain, {get(q, kNoWait), get(q, within(1ms))});
  calls.push_back(put(q, item));
  add(calls, kInVain, {put(q, item, kNoWait), put(q, item, within(1ms))});
  calls.push_back(get(q));
  add(calls, 1, finish);
  return calls;
}

Calls pipe_calls(const Item& item, const Object& from, const Object& to) {
  Calls calls;
  add(calls, kMany, {send(from, item), poll(to), recv(to)});
  add(calls, kMany, {send_bytes(from, item), poll(to, 1ms), recv_bytes(to)});
  add(calls, kInVain, {poll(to), poll(to, 1ms), wait_any({to}, 1ms)});
  return calls;
}

// Nothing is left while the root does these calls again and again. Memory is not watched: one that
// collects its garbage now and then keeps some of each call for a while.
void expect_calls_leave_nothing(Scenario& t, const Calls& calls) {
  expect_no_growth(t, {.memory = false}, 2, 4,
                   [&](const std::string& /*suffix*/) { t.root().ok(run(calls)); });
}

bool can_forget_children(const Scenario& t) {
  return t.hello().declares(ObjectType::kProcess, Operation::kDropProcess);
}

// Starts children that work and end, one by a return and one by a kill, and forgets them.
void start_and_forget(Scenario& t, const Actor& main, const std::string& suffix) {
  const Object q = main.queue(2, "queue" + suffix);
  for (const Ending how : {Ending::kReturn, Ending::kKill}) {
    const std::string name = std::string{name_of(how)} + suffix;
    const Actor child = main.spawn(name, {q});
    child.ok(put(q, t.item(name, 0)));
    t.expect_payload(main.call(get(q)), t.item(name, 0));
    if (how == Ending::kKill) main.ok(kill_child(name));
    if (how == Ending::kReturn) child.ok(end_by(how));
    t.expect_boolean(main.call(join_process(name)), true, "it has ended");
    main.ok(drop_process(name));
  }
  main.ok(close(q));
  main.ok(drop(q));
}

void expect_none_left_open(Scenario& t, void (*use)(Scenario&, const Actor&, const std::string&)) {
  const Actor main = t.root();
  // What is made once for the whole process, at the first use of a type, is not left behind by an
  // object.
  use(t, main, "_first");
  const std::size_t before = open_descriptors(t);
  for (int i = 0; i < 5; ++i) use(t, main, std::to_string(i));
  t.expect_soon(
      [&] { return open_descriptors(t) <= before; }, "as many descriptors as before",
      [&] { return std::to_string(open_descriptors(t)) + " after " + std::to_string(before); });
}

const Tests kHygieneTests{[](const Define& test) {
  test("process.hygiene.descriptors", [](Scenario& t) { expect_none_left_open(t, use_and_drop); });

  test("process.hygiene.descriptors/sent-connections",
       [](Scenario& t) { expect_none_left_open(t, send_and_drop); });

  test("process.hygiene.unused", [](Scenario& t) {
    expect_no_growth(t, {.memory = false}, 3, 9,
                     [&](const std::string& suffix) { close_and_drop(t.root(), suffix); });
  });

  // Their descriptors are another clause's.
  test("process.hygiene.objects", [](Scenario& t) {
    expect_no_growth(t, {.descriptors = false}, 4, 12,
                     [&](const std::string& suffix) { use_and_drop(t, t.root(), suffix); });
  });

  test("process.hygiene.calls/queue", [](Scenario& t) {
    expect_calls_leave_nothing(t, queue_calls(t.item("main", 0, kBytes), t.root().queue(1)));
  });

  test("process.hygiene.calls/joinable", [](Scenario& t) {
    const Object q = t.root().joinable_queue(1);
    expect_calls_leave_nothing(
        t, queue_calls(t.item("main", 0, kBytes), q, {task_done(q), join(q), task_done(q)}));
  });

  test("process.hygiene.calls/simple", [](Scenario& t) {
    const Object q = t.root().simple_queue();
    Calls calls;
    add(calls, kMany, {put(q, t.item("main", 0, kBytes)), get(q), empty(q)});
    expect_calls_leave_nothing(t, calls);
  });

  test("process.hygiene.calls/pipe", [](Scenario& t) {
    const auto [receiver, sender] = t.root().pipe(false);
    expect_calls_leave_nothing(t, pipe_calls(t.item("main", 0, kBytes), sender, receiver));
  });

  test("process.hygiene.children", [](Scenario& t) {
    expect_no_growth(t, {.descriptors = false}, 4, 12, [&](const std::string& suffix) {
      const std::string name = "child" + suffix;
      const Actor child = t.root().spawn(name, {});
      child.ok(end_by(Ending::kReturn));
      t.expect_boolean(t.root().call(join_process(name)), true, "it has ended");
      t.expect_number(t.root().call(exit_code(name)), 0, "its exit code");
      // A driver in a language that collects its garbage now and then does so here.
      if (can_forget_children(t)) t.root().ok(drop_process(name));
    });
  });

  // Not probed: drivers that are older than this operation do not know it.
  test("process.hygiene.child-descriptors", [](Scenario& t) {
    if (!can_forget_children(t))
      throw Unsupported{"the driver does not declare process.drop_process"};
    expect_none_left_open(t, start_and_forget);
  });

  test("process.hygiene.nothing-left", [](Scenario& t) {
    const Actor main = t.root();
    const Object q = main.queue();
    const Object joinable = main.joinable_queue(0, "joinable");
    const Object simple = main.simple_queue("simple");
    const Actor child = main.spawn("child", {q, joinable, simple});
    for (const Object& each : {q, joinable, simple}) {
      child.ok(put(each, t.item("child", 0)));
      t.expect_payload(main.call(get(each)), t.item("child", 0));
    }
    if (!t.expect_nothing_left())
      throw Inconclusive{"its processes did not end normally in time (--patience)"};
  });
}};

}  // namespace
}  // namespace psq::conformance
