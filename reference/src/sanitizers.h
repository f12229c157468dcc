// What the sanitizers have to be told.

#ifndef PSQ_SRC_SANITIZERS_H_
#define PSQ_SRC_SANITIZERS_H_

#if defined(__SANITIZE_THREAD__)
#define PSQ_THREAD_SANITIZER
#endif
#if defined(__SANITIZE_ADDRESS__)
#define PSQ_ADDRESS_SANITIZER
#endif
#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define PSQ_THREAD_SANITIZER
#endif
#if __has_feature(address_sanitizer)
#define PSQ_ADDRESS_SANITIZER
#endif
#endif

#ifdef PSQ_ADDRESS_SANITIZER
#include <sanitizer/lsan_interface.h>
#endif

namespace psq::detail {

// The thread sanitizer sees what the threads of one process do. That one of them knows of another's
// work by way of a third one in another process, it does not see: what other processes remember in
// shared memory has to be looked up again for it.
#ifdef PSQ_THREAD_SANITIZER
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

#endif  // PSQ_SRC_SANITIZERS_H_
