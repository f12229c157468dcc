#include "clauses/queue/waiting_calls.h"

namespace psq::conformance {

std::vector<Call*> waiting_calls(Scenario& t, const std::vector<Actor>& actors, int count,
                                 const std::function<Request(int)>& ask,
                                 const std::string& for_what) {
  std::vector<Call*> calls;
  for (int i = 0; i < count; ++i) {
    const Actor& actor = actors.at(static_cast<std::size_t>(i) % actors.size());
    calls.push_back(&actor.start(ask(i).by("thread" + std::to_string(i))));
  }
  for (Call* call : calls) t.expect_waits(*call, for_what);
  return calls;
}

}  // namespace psq::conformance
