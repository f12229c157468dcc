// Ends of pipes that travel through ends of duplex pipes.

#include "psq/connection.h"
#include "src/descriptor_message.h"

namespace psq {

void ConnectionBase::send_connection(const ConnectionBase& end) {
  const int carrier = check(kSends | kSocket);
  const int descriptor = end.fd();
  if (descriptor < 0) throw Closed("connection to be sent");
  detail::send_descriptor(carrier, descriptor, detail::kConnectionCargo, std::byte{end.access_});
}

ConnectionBase ConnectionBase::receive_end() {
  const int carrier = check(kReceives | kSocket);
  auto received = detail::receive_descriptor(carrier, detail::kConnectionCargo);
  return {std::move(received.descriptor), Access(received.what)};
}

}  // namespace psq
