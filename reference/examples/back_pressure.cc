// A bound keeps a fast producer from filling the memory. When the queue is full, put waits until a
// consumer takes an item.

#include <cstdio>

#include "psq/psq.h"

int main() {
  constexpr int kBound = 3;
  constexpr int kItems = 1000;
  psq::Queue<int> items{{.maxsize = kBound}};

  int ahead = 0;
  while (items.try_put(0)) ++ahead;
  std::printf("%d items fit, the next put must wait\n", ahead);
  for (; ahead > 0; --ahead) (void)items.get();

  psq::Process producer{[&] {
    for (int item = 0; item < kItems; ++item) items.put(item);  // Most of these puts wait.
  }};
  bool in_order = true;
  bool within_bound = true;
  for (int item = 0; item < kItems; ++item) {
    within_bound = within_bound && items.qsize() <= kBound;
    in_order = (items.get() == item) && in_order;
  }
  std::printf("%d items came %s, %s\n", kItems, in_order ? "in order" : "out of order",
              within_bound ? "never more than 3 ahead" : "too far ahead");
}
