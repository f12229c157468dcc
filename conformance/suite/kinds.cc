#include "suite/kinds.h"

namespace psq::conformance {

Object make(const Actor& actor, QueueKind kind, std::int64_t maxsize, const std::string& name) {
  switch (kind) {
    case QueueKind::kQueue:
      return actor.queue(maxsize, name);
    case QueueKind::kJoinable:
      return actor.joinable_queue(maxsize, name);
    case QueueKind::kSimple:
      break;
  }
  return actor.simple_queue(name);
}

}  // namespace psq::conformance
