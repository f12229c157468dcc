// What the sanitizers have to be told.

#pragma once

#include <vector>

namespace psq::detail {

// The thread sanitizer sees what the threads of one process do. That one of them knows of another's
// work by way of a third one in another process, it does not see: what other processes remember in
// shared memory has to be looked up again for it.
inline constexpr bool kThreadSanitizer =
#ifdef __SANITIZE_THREAD__
    true;
#elif defined(__has_feature)
    __has_feature(thread_sanitizer);
#else
    false;
#endif

// For an object that is never destroyed, on purpose: it is no leak as long as it can be reached.
inline void leave_behind(const void* object) {
  static auto* const left = new std::vector<const void*>;
  left->push_back(object);
}

}  // namespace psq::detail
