// `while (!queue.empty()) queue.get()` is wrong with several consumers: between a consumer's empty
// and its get, another consumer may take the last item, and the get waits for ever. Here both
// consumers call empty before either calls get, so that the race happens in each run. A timeout
// finds the consumer that hangs.
//
// The repair makes one call of two: try_get looks and takes in one step.

#include <cstdio>

#include "psq/psq.h"

using namespace std::chrono_literals;

namespace {

void race() {
  psq::SimpleQueue<int> items;
  psq::SimpleQueue<bool> looked, go_on, ended;
  items.put(1);
  const auto consumer = [&] {
    while (!items.empty()) {
      looked.put(true);
      (void)go_on.get();
      (void)items.get();
    }
    ended.put(true);
  };
  psq::Process first{consumer};
  psq::Process second{consumer};
  for (int i = 0; i < 2; ++i) (void)looked.get();  // Both have seen the same item.
  for (int i = 0; i < 2; ++i) go_on.put(true);

  (void)ended.get();
  std::printf("the race: one consumer has ended\n");
  if (!ended.try_get(300ms)) {
    std::printf("the race: one consumer hangs and is killed\n");
    first.kill();
    second.kill();
  }
}

void repair() {
  psq::SimpleQueue<int> items;
  psq::SimpleQueue<int> counts;
  for (int item = 0; item < 100; ++item) items.put(item);
  const auto consumer = [&] {
    int count = 0;
    while (items.try_get()) ++count;
    counts.put(count);
  };
  psq::Process first{consumer};
  psq::Process second{consumer};
  std::printf("the repair: both consumers have ended, with %d items\n",
              counts.get() + counts.get());
}

}  // namespace

int main() {
  race();
  repair();
}
