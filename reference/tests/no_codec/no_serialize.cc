// error: psq does not know how to send this type
#include "psq/codec_cereal.h"
#include "psq/psq.h"

struct Job {
  std::string name;
};

void send(psq::SimpleQueue<Job>& queue) { queue.put({"paint"}); }
