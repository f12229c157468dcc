// `while (!queue.empty()) queue.get()` is wrong with more than one consumer: between the look and
// the get another consumer may take the last item, and the get waits for ever. Here two consumers
// look before either gets, so that it happens each time. A watchdog finds the one that hangs.
//
// The repair asks once instead of twice: try_get looks and takes in one step.

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
  for (int i = 0; i < 2; ++i) (void)looked.get();  // Both have seen an item, the same one.
  for (int i = 0; i < 2; ++i) go_on.put(true);

  (void)ended.get();
  std::printf("the race: one consumer has ended\n");
  if (!ended.try_get(300ms)) {
    std::printf("the race: the other one hangs, and is killed\n");
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
  std::printf("the repair: both have ended, with %d items\n", counts.get() + counts.get());
}

}  // namespace

int main() {
  race();
  repair();
}
