// Streams of items from producers to consumers, and what must hold of them.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "suite/scenario.h"

namespace psq::conformance {

inline constexpr std::int64_t kMegabyte = 1 << 20;
/// Bytes of an item that is larger than transports are.
inline constexpr std::int64_t kLarger = 4 * kMegabyte;

/// An item that fails as it is serialized, or deserialized.
Item failing_item(const Scenario& t, const std::string& from, std::int64_t seq,
                  const std::string& at, std::int64_t size = 0);

/// A list of `count` puts of this producer's items, numbered from 0, back to back.
Request put_many(const Scenario& t, const Object& queue, const std::string& from,
                 std::int64_t count, std::int64_t size = 0);
/// A list of `count` gets.
Request get_many(const Object& queue, std::int64_t count, const Wait& wait = kForever);

/// The sizes around which implementations change their ways: one below, at and above each.
const std::vector<std::int64_t>& boundary_sizes();
/// The sizes with which an item and what an implementation puts before or behind it fill a page, a
/// pipe or a buffer of another power of two.
const std::vector<std::int64_t>& framed_sizes();

/// What one consumer's thread obtained, in its order.
struct Obtained {
  std::string by;
  std::vector<Answer> answers;
};

/// Waits for a list of gets to end and demands that each obtained an intact item.
Obtained all_obtained(Scenario& t, Call& gets);
/// What a list has obtained so far, whether it has ended or not; those that ended as ok must be
/// intact.
Obtained obtained_so_far(Scenario& t, const Call& gets);

/// Waits until no more comes of a list for a while: what still comes, comes at once, and nothing
/// hangs on missing the rest.
void until_quiet(Scenario& t, const Call& gets);
/// Does `round`, which ends a process amid a stream of so many items, and says whether the end came
/// in time: before the stream was over. What comes too late shows nothing, and is tried again, with
/// more items. Inconclusive when it is late every time.
void until_in_time(Scenario& t, std::int64_t items,
                   const std::function<bool(std::int64_t items)>& round);

/// Waits until these lists have obtained enough, however slowly they get on.
void expect_arrival(Scenario& t, const std::vector<const Call*>& gets,
                    const std::function<bool()>& enough);

/// Each item 0..count-1 of each producer exactly once over all consumers, and nothing else.
void expect_exactly_once(Scenario& t, const std::map<std::string, std::int64_t>& put_by,
                         const std::vector<Obtained>& obtained);
/// Nothing twice, and nothing that was never put. Returns how many of each producer were obtained.
std::map<std::string, std::int64_t> expect_at_most_once(
    Scenario& t, const std::map<std::string, std::int64_t>& put_by,
    const std::vector<Obtained>& obtained);
/// Each consumer's thread obtains each producer's items in ascending order.
void expect_producer_order(Scenario& t, const std::vector<Obtained>& obtained);
/// One consumer: the items of `from` are 0, 1, 2, ... without a gap, up to some point.
void expect_prefix(Scenario& t, const std::string& from, const std::vector<Answer>& answers);

}  // namespace psq::conformance
