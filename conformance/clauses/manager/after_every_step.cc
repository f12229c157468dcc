#include "clauses/manager/after_every_step.h"

#include <vector>

namespace psq::conformance {

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

}  // namespace psq::conformance
