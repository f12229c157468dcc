// spec/manager.md, manager.qsize.*, manager.empty.*, manager.full.* and manager.share.*
#include "suite/flow.h"
#include "suite/registry.h"

namespace psq::conformance {
namespace {

constexpr std::int64_t kBound = 3;

/// Puts and gets, each by another process, and asks all of them after every step how many items
/// there are: up to the bound, down to nothing, twice.
void after_every_step(Scenario& t,
                      const std::function<void(const Actor&, const Object&, std::int64_t)>& ask) {
  const Actor main = t.root();
  const Object q = main.queue(kBound);
  const std::vector<Actor> actors{main, main.spawn("one", {q}), main.spawn("two", {q})};
  std::size_t turn = 0;
  std::int64_t inside = 0;
  const auto ask_all = [&] {
    for (std::size_t i = 0; i < actors.size(); ++i) ask(actors[(turn + i) % 3], q, inside);
  };
  ask_all();
  for (const bool up : {true, false, true, false}) {
    for (std::int64_t i = 0; i < kBound; ++i) {
      actors[turn++ % 3].ok(up ? put(q, t.item("any", i)) : get(q));
      inside += up ? 1 : -1;
      ask_all();
    }
  }
}

void qsize_exact(Scenario& t) {
  after_every_step(t, [&](const Actor& actor, const Object& q, std::int64_t inside) {
    t.expect_number(actor.call(qsize(q)), inside, "what was put and not obtained");
  });
}

void empty_exact(Scenario& t) {
  after_every_step(t, [&](const Actor& actor, const Object& q, std::int64_t inside) {
    t.expect_boolean(actor.call(empty(q)), inside == 0, "what was put and not obtained");
  });
}

void full_exact(Scenario& t) {
  after_every_step(t, [&](const Actor& actor, const Object& q, std::int64_t inside) {
    t.expect_boolean(actor.call(full(q)), inside == kBound, "the bound is three");
  });
  const Object unbounded = t.root().queue(0, "unbounded");
  for (std::int64_t i = 0; i < 2 * kBound; ++i) {
    t.expect_boolean(t.root().call(full(unbounded)), false, "there is no bound");
    t.root().ok(put(unbounded, t.item("main", i)));
  }
}

void grandchild(Scenario& t) {
  const Actor main = t.root();
  const Object q = main.queue();
  const Actor child = main.spawn("child", {q});
  const Actor grandchild = child.spawn("grandchild", {q});
  for (std::int64_t i = 0; i < 3; ++i) {
    grandchild.ok(put(q, t.item("grandchild", i)));
    t.expect_payload(main.call(get(q, within(1s))), t.item("grandchild", i));
    main.ok(put(q, t.item("main", i)));
    t.expect_payload(grandchild.call(get(q, within(1s))), t.item("main", i));
  }
}

const Tests kTests{
    {{"manager.qsize.exact"}, qsize_exact},
    {{"manager.empty.exact"}, empty_exact},
    {{"manager.full.exact"}, full_exact},
    {{"manager.share.grandchild"}, grandchild},
};

}  // namespace
}  // namespace psq::conformance
