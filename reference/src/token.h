// What a handle's token says, and whether it is true.

#pragma once

#include <string_view>

#include "psq/handle.h"
#include "src/shared_memory.h"

namespace psq::detail {

inline constexpr std::string_view kQueueKind = "queue";
inline constexpr std::string_view kJoinableKind = "joinable-queue";
inline constexpr std::string_view kSimpleKind = "simple-queue";

// Throws SystemError.
Handle make_handle(std::string_view kind, const SharedMemory& memory);

// The descriptor that this program has inherited, close-on-exec from now on. Throws
// InvalidArgument, with nothing taken, when the token is of another kind or says something that is
// not so.
Descriptor take_handle(std::string_view kind, const std::string& token, std::size_t size);

}  // namespace psq::detail
