// error: psq does not send pointers and views
#include "psq/queue.h"

void put(psq::Queue<std::optional<std::string_view>>& queue) { queue.put("text"); }
