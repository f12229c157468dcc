// What the code does differently under a sanitizer.

#pragma once

namespace psq::detail {

// The thread sanitizer follows the threads of one process. It does not see that a thread knows of
// another one's work through a third one in another process. So under it nothing that was
// remembered in shared memory is used: it is loaded again.
inline constexpr bool kThreadSanitizer =
#ifdef __SANITIZE_THREAD__
    true;
#elif defined(__has_feature)
    __has_feature(thread_sanitizer);
#else
    false;
#endif

// Whether the address sanitizer watches this build.
inline constexpr bool kAddressSanitizer =
#ifdef __SANITIZE_ADDRESS__
    true;
#elif defined(__has_feature)
    __has_feature(address_sanitizer);
#else
    false;
#endif

inline constexpr bool kAnySanitizer = kThreadSanitizer || kAddressSanitizer;

}  // namespace psq::detail
