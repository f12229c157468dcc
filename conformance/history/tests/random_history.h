// Small histories, drawn at random: some of real runs, some of runs with a mistake, some of noise.
#pragma once

#include <random>

#include "history/history.h"

namespace psq::history {

using Random = std::mt19937_64;

/// Of one object, up to `most` operations, all of them puts and gets: empty answers, ties, and
/// operations that never returned among them.
[[nodiscard]] History random_queue_history(Random& random, ObjectKind kind, int most);

/// The same with task_done, join and puts that ended as full on a joinable queue with that bound.
[[nodiscard]] History random_task_history(Random& random, std::int64_t maxsize, int most);

/// `operations` of it in a history of their own.
[[nodiscard]] History part(const History& history, const std::vector<std::size_t>& operations);

/// Every operation on a line, for messages.
[[nodiscard]] std::string to_text(const History& history);

}  // namespace psq::history
