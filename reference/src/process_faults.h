// What goes wrong with children on purpose. Nothing of it is in the normal library.

#pragma once

namespace psq::detail {

// Whether this thread has started a child, to be set by what starts one.
bool& fault_has_started() noexcept;

// Makes copies of all pipes that this process has.
void fault_keep_ends() noexcept;

}  // namespace psq::detail
