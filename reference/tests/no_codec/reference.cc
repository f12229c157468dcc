// error: psq does not send pointers and views
#include "psq/simple_queue.h"

void put(psq::SimpleQueue<std::reference_wrapper<int>>& queue, int& number) { queue.put(number); }
