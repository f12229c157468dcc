// Handle: how a queue gets into a program that is executed afresh.
//
//   psq::Process child{[&] {
//     const psq::Handle handle = jobs.handle();
//     psq::execute({"worker", handle.token()});
//   }};
//
// and in the program `worker`:
//
//   auto jobs = psq::Queue<Job>::from_handle(argv[1]);
//
// Nothing gets a name that could be left behind: the program inherits a descriptor, and the token
// says which. Make the handle in the child, between the fork and the execution, and no program gets
// it by chance; made in the parent, every program that any thread executes meanwhile inherits it,
// and with it the queue's memory.
//
// Processes: a token is of use in programs executed by the process that has the handle, or by one
// that was forked from it, and once in each. Threads: a Handle is a value; use it from one thread
// at a time. Both programs have to be built with the same version of psq, and agree about the type
// of the items: nothing that travels says what it is.
//
// Clauses: process.objects.every-type, process.hygiene.nothing-left.

#pragma once

#include <string>
#include <utility>

#include "psq/descriptor.h"

namespace psq {

// A descriptor that executed programs inherit, closed with this object, which does not keep the
// queue open or anything in its buffer alive. Movable.
class Handle {
 public:
  // Takes over the descriptor. Queues make handles with their method handle().
  Handle(detail::Descriptor descriptor, std::string token) noexcept
      : descriptor_(std::move(descriptor)), token_(std::move(token)) {}

  // For an argument or a variable of the environment: printable, without spaces.
  [[nodiscard]] const std::string& token() const noexcept { return token_; }

 private:
  detail::Descriptor descriptor_;
  std::string token_;
};

}  // namespace psq
