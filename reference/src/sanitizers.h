// What the sanitizers have to be told.

#pragma once

#ifdef __has_feature
#define PSQ_HAS_FEATURE(feature) __has_feature(feature)
#else
#define PSQ_HAS_FEATURE(feature) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || PSQ_HAS_FEATURE(address_sanitizer)
#define PSQ_ADDRESS_SANITIZER
#include <sanitizer/lsan_interface.h>
#endif

namespace psq::detail {

// The thread sanitizer sees what the threads of one process do. That one of them knows of another's
// work by way of a third one in another process, it does not see: what other processes remember in
// shared memory has to be looked up again for it.
#if defined(__SANITIZE_THREAD__) || PSQ_HAS_FEATURE(thread_sanitizer)
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif

// Says that an object, with all that it owns, is never destroyed, on purpose.
inline void leave_behind([[maybe_unused]] const void* object) noexcept {
#ifdef PSQ_ADDRESS_SANITIZER
  __lsan_ignore_object(object);
#endif
}

}  // namespace psq::detail
