// spec/process.md, process.children.*
#include <algorithm>

#include "suite/registry.h"
#include "suite/scenario.h"

namespace psq::conformance {
namespace {

// What one thread does with one of its children; the requests wait for each other on the thread.
struct ChildOfThread {
  std::string name;
  std::int64_t status;
  Call* spawned;
  Call* joined;
  Call* code;
};

ChildOfThread child_of_thread(const Actor& parent, int thread, int number) {
  const std::string by = "thread" + std::to_string(thread);
  const std::string name = by + "_" + std::to_string(number);
  return {.name = name,
          .status = 10 * thread + number,
          .spawned = &parent.start(spawning(name, {}).by(by)),
          .joined = &parent.start(join_process(name).by(by)),
          .code = &parent.start(exit_code(name).by(by))};
}

// So that some threads start children while the children of others end.
void end_as_they_come(Scenario& t, std::vector<ChildOfThread> children) {
  const auto is_here = [&](const ChildOfThread& child) {
    return t.session().peer(child.name).channel.has_value();
  };
  const auto one_is_here = [&] { return std::ranges::any_of(children, is_here); };
  while (!children.empty()) {
    // A child that comes late, on a machine that is slow, has to be told to end all the same: its
    // parent waits for that.
    if (!t.happens(one_is_here, "no child has come"))
      return;  // the test looks at what the calls answer
    const auto rest = std::partition(children.begin(), children.end(), is_here);
    for (auto each = children.begin(); each != rest; ++each)
      Actor{t, each->name}.start(end_by(Ending::kExit, each->status));
    children.erase(children.begin(), rest);
  }
}

const Tests kChildrenTests{[](const Define& test) {
  test("process.children.by-several-threads", [](Scenario& t) {
    constexpr int kThreads = 4;
    constexpr int kEach = 5;
    std::vector<ChildOfThread> children;
    for (int number = 0; number < kEach; ++number) {
      for (int thread = 0; thread < kThreads; ++thread)
        children.push_back(child_of_thread(t.root(), thread, number));
    }
    end_as_they_come(t, children);
    for (const ChildOfThread& child : children) {
      t.expect(t.finish(*child.spawned), Outcome::kOk, "a child to work with");
      t.expect_boolean(t.finish(*child.joined), true, "its child has ended");
      t.expect_number(t.finish(*child.code), child.status, "its child's exit code");
    }
  });

  test("process.children.several", [](Scenario& t) {
    const Actor main = t.root();
    const std::vector<std::string> names{"zero", "one", "two", "three"};
    for (const std::string& name : names) main.spawn(name, {});
    for (const std::size_t i : {2, 0, 3}) {
      Actor{t, names[i]}.ok(end_by(Ending::kExit, static_cast<std::int64_t>(10 + i)));
      t.expect_boolean(main.call(join_process(names[i])), true, "this one has ended");
      const Answer other = main.ok(exit_code("one"));
      t.expect_true(other.value.null, "no exit code of another child, which runs", describe(other),
                    other);
    }
    t.expect_boolean(main.call(join_process("one", 50ms)), false, "this one still runs");
    for (const std::int64_t i : {0, 2, 3}) {
      t.expect_number(main.call(exit_code(names[static_cast<std::size_t>(i)])), 10 + i,
                      "its own exit code");
    }
  });
}};

}  // namespace
}  // namespace psq::conformance
