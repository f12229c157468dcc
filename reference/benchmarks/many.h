// The cost of many processes and of many queues.

#ifndef PSQ_BENCHMARKS_MANY_H_
#define PSQ_BENCHMARKS_MANY_H_

namespace psq::bench {

// The share of one processor that so many processes use together while each waits in a get of the
// same Queue, over ten seconds.
double waiting_share_of(int processes);

// The milliseconds from a fork to the body of the child. Medians of several forks.
struct Forks {
  double after_use = 0;  // Of all queues just before the fork.
  double at_rest = 0;    // Two seconds later.
};

// Of a process that has so many Queues.
Forks forks_with(int queues);

// How many times as much the most favoured process does as the least favoured one.
struct Favour {
  double producers = 0;
  double consumers = 0;
};

// Of so many producers and as many consumers of one Queue with a bound, over ten seconds.
Favour favour_among(int pairs, int bound);

}  // namespace psq::bench

#endif  // PSQ_BENCHMARKS_MANY_H_
