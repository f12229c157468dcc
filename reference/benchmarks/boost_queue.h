// Boost.Interprocess message_queue. It has files of its own, because Boost may not be installed.

#ifndef PSQ_BENCHMARKS_BOOST_QUEUE_H_
#define PSQ_BENCHMARKS_BOOST_QUEUE_H_

#include "benchmarks/load.h"

namespace psq::bench {

// Has room for 1000 items, or for 1 MiB of larger items, and for four items at least.
Rate boost_throughput(const Load& load);
Rate boost_round_trips(const Load& load);
Delays boost_delays(const Load& load);

}  // namespace psq::bench

#endif  // PSQ_BENCHMARKS_BOOST_QUEUE_H_
