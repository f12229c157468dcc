// error: psq does not know how to send this type
#include "psq/psq.h"

struct Job {
  std::string name;
};

void send(psq::Queue<Job>& queue) { queue.put({"paint"}); }
