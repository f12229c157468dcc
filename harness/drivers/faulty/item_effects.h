// Faults of single items: one that is lost, given out twice, changed or overtaken.
#pragma once

#include <functional>
#include <string>

#include "queue_effects.h"

namespace psq::faulty {

/// A get throws the item away when this says so, and takes the next one.
[[nodiscard]] Effect get_loses(const Queues& which,
                               const std::function<bool(LocalQueue&)>& loses_this);
/// A get gives out the item once more, to the next get of its thread, when this says so.
[[nodiscard]] Effect get_repeats(const Queues& which,
                                 const std::function<bool(LocalQueue&)>& repeats_this);
/// A get changes what it gives out.
[[nodiscard]] Effect get_changes(const Queues& which,
                                 const std::function<void(std::string&)>& change);
/// After a get that has obtained something.
[[nodiscard]] Effect after_get(const Queues& which, const std::function<void(LocalQueue&)>& then);

/// A get of a closed queue finds it empty.
[[nodiscard]] Effect get_empty_after_close(const Queues& which);

enum class LateItem { kComesFirst, kComesLast };
/// A put keeps the item back when this says so; the next put of its thread brings it along.
[[nodiscard]] Effect put_keeps_back(const Queues& which, LateItem order,
                                    const std::function<bool(std::string_view)>& keeps_this);

/// Changes the last byte, so that an item is no longer intact.
void garble(std::string& item);

}  // namespace psq::faulty
