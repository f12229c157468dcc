// What the sanitizers have to be told.

#pragma once

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

}  // namespace psq::detail
