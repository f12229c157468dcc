// What queues leave behind on purpose. Nothing of it is in the normal library.

#ifndef PSQ_SRC_LEAK_FAULTS_H_
#define PSQ_SRC_LEAK_FAULTS_H_

namespace psq::detail {

// Once for each queue that is made: leaks what the chosen fault leaks, if it is one of these.
void fault_leak();

}  // namespace psq::detail

#endif  // PSQ_SRC_LEAK_FAULTS_H_
