// The processes of a measurement.

#ifndef PSQ_BENCHMARKS_CHILDREN_H_
#define PSQ_BENCHMARKS_CHILDREN_H_

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <string_view>

namespace psq::bench {

// Prints what failed and the text of errno, and ends the program with status 70.
[[noreturn]] void fail(const char* what);

// The bytes that a call of the system has moved; fails when it moved none. `what` is of what.
std::size_t moved(ssize_t size, const char* what);

// Runs `body` in a child. The child ends with its parent, and after one minute at the latest.
pid_t in_child(const std::function<void()>& body);

// Waits for the end of a child, and fails unless its exit status is 0. Returns the processor time
// that it used, in nanoseconds.
double reap(pid_t child);

// Kills a child, and waits for its end.
void end(pid_t child);

// Never returns.
[[noreturn]] void compute();

// The processor time that this process has used, in nanoseconds.
double used_here();

// Binds this process to one of the processors that it may use, counted from 0; to the last one when
// there are fewer.
void pin_to(int processor);

// Copies the bytes of an item into a new memory file, and from there into new memory: what a queue
// has to do that keeps no memory for them. Returns the seconds of these two copies; what it used is
// given back after that.
double copy_through_new_memory(std::string_view item);

// The machine-wide monotonic clock, in seconds.
double now();

}  // namespace psq::bench

#endif  // PSQ_BENCHMARKS_CHILDREN_H_
