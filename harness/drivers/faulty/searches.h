// What generated programs have to find: the tests, and the clauses at which a fault may show there.
#pragma once

#include <initializer_list>
#include <string>

#include "fault.h"

namespace psq::faulty {

/// In programs of queues; the clauses without their page.
[[nodiscard]] Search in_queues(std::initializer_list<std::string> clauses);
[[nodiscard]] Search in_tasks(std::initializer_list<std::string> clauses);
[[nodiscard]] Search in_simple_queues(std::initializer_list<std::string> clauses);
[[nodiscard]] Search in_pipes(std::initializer_list<std::string> clauses);
[[nodiscard]] Search in_duplex_pipes(std::initializer_list<std::string> clauses);

/// What is lost shows at more clauses, depending on who misses it: its getter, or the producer that
/// waits for its slot.
[[nodiscard]] Search as_loss(Search search);

}  // namespace psq::faulty
