// Whether the thread sanitizer looks on.

#ifndef PSQ_SRC_THREAD_SANITIZER_H_
#define PSQ_SRC_THREAD_SANITIZER_H_

#if defined(__SANITIZE_THREAD__)
#define PSQ_THREAD_SANITIZER
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define PSQ_THREAD_SANITIZER
#endif
#endif

namespace psq::detail {

// It sees what the threads of one process do. That one of them knows of another's work by way of a
// third one in another process, it does not see: what other processes remember in shared memory has
// to be looked up again for it.
#ifdef PSQ_THREAD_SANITIZER
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif

}  // namespace psq::detail

#endif  // PSQ_SRC_THREAD_SANITIZER_H_
