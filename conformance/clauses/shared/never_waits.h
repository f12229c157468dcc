// Bodies of the tests that a call which shall not wait never waits, whatever other threads and
// processes do with the object meanwhile.
#pragma once

#include <functional>

#include "suite/kinds.h"

namespace psq::conformance {

/// Demands that a call ends at once. `demand` looks at its answer.
void expect_at_once(Scenario& t, const Actor& actor, const Request& request,
                    const std::function<void(const Answer&)>& demand);
/// Of a put or get that shall not wait, said in each way; it ends as `outcome`.
void expect_at_once_without_time(Scenario& t, const Actor& actor,
                                 const std::function<Request(const Wait&)>& ask, Outcome outcome,
                                 const std::string& why);

/// Calls `look` while a process and another thread of the root process wait in such a call, then
/// while that process is also stopped. `ask` makes a call that waits, `serve_one` lets one of them
/// end as ok.
void while_others_wait(Scenario& t, const Actor& other, const Request& ask,
                       const std::function<void()>& serve_one, const std::function<void()>& look);

/// A get of an item of whose rest the producer is stopped. It waits for the rest or, where it can
/// obtain all of the item, has ended.
Call& in_the_middle_of_getting(Scenario& t, const Actor& consumer, const Object& q);

/// Calls `look(queue)` while a process obtains a large item, of whose rest the producer is stopped.
void while_another_is_in_item(Scenario& t, QueueKind kind,
                              const std::function<void(const Object&)>& look);

/// Calls `look(queue)` while a process waits in join, and while it is stopped there. The one task
/// of the queue is unfinished.
void while_another_joins(Scenario& t, std::int64_t maxsize,
                         const std::function<void(const Object&)>& look);

}  // namespace psq::conformance
