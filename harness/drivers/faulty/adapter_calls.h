// What the chosen fault changes in the calls of the driver's adapter about ends of pipes and about
// children; a part of the Behaviour. Empty functions change nothing.
#pragma once

#include "connection_effects.h"

namespace psq::faulty {

struct AdapterCalls {
  std::function<void(End&, End&, bool duplex)> created_pipe;
  std::function<std::vector<std::size_t>(WaitStep&)> wait;
  std::function<void(TransferStep&)> send_end;
  std::function<End(End)> received_end;
  /// Around the start of a child; `start` returns in the parent alone.
  std::function<std::unique_ptr<driver::Child>(
      const driver::SpawnOptions&, const std::function<std::unique_ptr<driver::Child>()>& start)>
      spawn;
};

}  // namespace psq::faulty
