// error: psq does not send pointers and views
#include "psq/codec_cereal.h"
#include "psq/psq.h"

std::string_view receive(psq::JoinableQueue<std::string_view>& queue) { return queue.get(); }
