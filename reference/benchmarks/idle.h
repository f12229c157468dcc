// The cost of idle queues.

#ifndef PSQ_BENCHMARKS_IDLE_H_
#define PSQ_BENCHMARKS_IDLE_H_

namespace psq::bench {

// The share of one processor that a process uses while it waits `seconds` in a get of a Queue.
double waiting_share(int seconds);
// The same share for a thread that only sleeps and wakes, as often as a waiting get looks again.
double asleep_share(int seconds);

// The bytes of memory that a Queue makes this process touch: after its creation, and after one item
// was put and taken, when its feeder thread runs.
double fresh_bytes();
double used_bytes();

}  // namespace psq::bench

#endif  // PSQ_BENCHMARKS_IDLE_H_
