#include "clauses/pipe/support.h"

#include <string>

namespace psq::conformance {

std::pair<Object, Object> pipe_of(const Actor& main, bool is_duplex) {
  const std::string suffix = is_duplex ? "2" : "1";
  return main.pipe(is_duplex, "a" + suffix, "b" + suffix);
}

}  // namespace psq::conformance
