// The kinds of queue, for bodies of tests that several pages of the law share.
#pragma once

#include "suite/scenario.h"

namespace psq::conformance {

enum class QueueKind { kQueue, kJoinable, kSimple };

/// Creates a queue in the process. A simple queue has no bound.
Object make(const Actor& actor, QueueKind kind, std::int64_t maxsize = 0,
            const std::string& name = "q");

}  // namespace psq::conformance
