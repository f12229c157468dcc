// The rare faults, which only generated programs find: a seam is one call of these. Defined in the
// faulty library only.

#ifndef PSQ_SRC_HISTORY_FAULTS_H_
#define PSQ_SRC_HISTORY_FAULTS_H_

#include <string>

#include "psq/timeout.h"
#include "src/fault_seam.h"

namespace psq::detail {

// Whether this is the fault that was chosen, at every n-th call of all processes together.
bool fault_rarely(Fault fault, int n) noexcept;

// The timeout that a put or a get goes by: with the fault now and then half of it.
Timeout fault_rare_timeout(Fault fault, Timeout timeout);

// Changes an item on its way out of a queue now and then, or keeps it to be given out again.
void fault_rare_item(std::string& item);

// What a SimpleQueue sends of a large item: now and then a part.
std::string fault_rare_torn(const std::string& item);

}  // namespace psq::detail

#endif  // PSQ_SRC_HISTORY_FAULTS_H_
