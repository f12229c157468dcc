#include "src/process_faults.h"

#ifdef PSQ_FAULTS

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace psq::detail {

bool& fault_has_started() noexcept {
  thread_local bool has_started = false;
  return has_started;
}

void fault_keep_ends() noexcept {
  constexpr int kSome = 100;
  for (int each = STDERR_FILENO + 1; each < kSome; ++each) {
    struct stat about {};
    if (fstat(each, &about) == 0 && S_ISFIFO(about.st_mode)) (void)fcntl(each, F_DUPFD, kSome);
  }
}

}  // namespace psq::detail

#endif  // PSQ_FAULTS
