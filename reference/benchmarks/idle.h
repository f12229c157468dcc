// What queues cost while nothing happens.

#ifndef PSQ_BENCHMARKS_IDLE_H_
#define PSQ_BENCHMARKS_IDLE_H_

namespace psq::bench {

// The part of one processor that a process uses which waits for `seconds` in a get of a Queue.
double waiting_share(int seconds);
// The same of a thread that only sleeps, and wakes as often as a get looks again.
double asleep_share(int seconds);

// The bytes of memory that a Queue makes this process touch: as it was created, and after one item
// was put and taken, when it has a thread.
double fresh_bytes();
double used_bytes();

}  // namespace psq::bench

#endif  // PSQ_BENCHMARKS_IDLE_H_
