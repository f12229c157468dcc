// Faults of put, against spec/queue.md.
#include "effects.h"
#include "faults/tables.h"

namespace psq::faulty {

std::vector<Fault> queue_put_faults() {
  return {
      Fault("put-full-early", "queue.put.full-after-timeout",
            "put gives up after half of its timeout",
            {queues.put([](LocalQueue& queue, std::string_view item, Timeout timeout) {
              return queue.put(item, timeout.length() / 2);
            })}),
  };
}

}  // namespace psq::faulty
