// compiles
#include "psq/codec_cereal.h"
#include "psq/psq.h"

struct Job {
  std::string name;
  template <typename Archive>
  void serialize(Archive& archive) {
    archive(name);
  }
};

void send(psq::Queue<Job>& queue) { queue.put({"paint"}); }
Job receive(psq::Queue<Job>& queue) { return queue.get(); }
