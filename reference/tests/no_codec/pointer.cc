// error: psq does not send pointers and views
#include "psq/codec_cereal.h"
#include "psq/psq.h"

void send(psq::Connection<const char*>& connection) { connection.send("text"); }
