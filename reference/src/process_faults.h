// What goes wrong with children on purpose. Nothing of it is in the normal library.

#pragma once

#include <optional>
#include <thread>

namespace psq::detail {

// Whether this thread has started a child, to be set by what starts one.
bool& fault_has_started() noexcept;

// After a look at a child: may change its exit code, and the signal that it would be sent.
void faulty_exit_code(bool just_ended, int& signal, std::optional<int>& exit_code);

// Makes copies of all pipes that this process has.
void fault_keep_ends() noexcept;

}  // namespace psq::detail
