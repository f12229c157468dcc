// The processes of a measurement.

#ifndef PSQ_BENCHMARKS_CHILDREN_H_
#define PSQ_BENCHMARKS_CHILDREN_H_

#include <sys/types.h>

#include <functional>

namespace psq::bench {

// Ends the program with status 70, after saying what did not work and why (errno).
[[noreturn]] void fail(const char* what);

// Runs `body` in a child, which ends with its parent and after a minute at the latest.
pid_t in_child(const std::function<void()>& body);

// Waits for the end of a child, and fails unless it ended well. Returns the processor time that it
// used, in nanoseconds.
double reap(pid_t child);

// The processor time that this process has used, in nanoseconds.
double used_here();

// Binds this process to one of the processors that it may use, counted from 0. Where there are not
// so many, to the last.
void pin_to(int processor);

// The machine-wide monotonic clock, in seconds.
double now();

}  // namespace psq::bench

#endif  // PSQ_BENCHMARKS_CHILDREN_H_
