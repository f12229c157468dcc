// Uses the reference as a package.
#include <psq/psq.h>

int main() {
  psq::SimpleQueue<int> queue;
  queue.put(42);
  return queue.get() == 42 ? 0 : 1;
}
