#include "clauses/pipe/support.h"

#include <string>

namespace psq::conformance {

std::pair<Object, Object> pipe_of(const Actor& main, bool is_duplex) {
  const std::string suffix = is_duplex ? "2" : "1";
  return main.pipe(is_duplex, "a" + suffix, "b" + suffix);
}

void need_waits_for_room(Scenario& t, Call& sending) {
  if (!t.comes_to_wait(sending))
    throw Unsupported{"its pipe takes a message of 4 MiB at once: no send waits for room"};
}

}  // namespace psq::conformance
