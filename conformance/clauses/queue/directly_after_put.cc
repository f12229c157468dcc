#include "clauses/queue/directly_after_put.h"

namespace psq::conformance {

void directly_after_put(Scenario& t, const std::function<Request(const Object&)>& ask,
                        const std::function<void(const Answer&)>& judge) {
  constexpr std::int64_t kTimes = 20;
  const Actor main = t.root();
  const Object q = main.queue(1);
  std::vector<Request> list;
  for (std::int64_t i = 0; i < kTimes; ++i) {
    list.insert(list.end(), {put(q, t.item("main", i)), ask(q), get(q)});
  }
  Call& steps = main.start(run(list));
  t.expect(t.finish(steps), Outcome::kOk);
  for (std::size_t i = 1; i < steps.events.size(); i += 3) judge(steps.events[i]);
}

}  // namespace psq::conformance
