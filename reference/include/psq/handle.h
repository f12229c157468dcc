// Handle: hands a queue to an executed program.
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
// The program inherits a descriptor, and the token says which. There is no name in the system that
// could be left behind. Make the handle in the child, between the fork and the execution. A handle
// that the parent makes is inherited by every program that any of its threads executes while the
// handle exists, and with it the queue's memory.
//
// Processes: a token works in programs that the process with the handle or a fork of it executes,
// once in each. Threads: one thread at a time uses a Handle.
//
// Versions: both programs are built with the same minor version of psq and for the same word size;
// from_handle refuses others. They have to agree about the type of the items, which does not
// travel.
//
// Clauses: process.objects.every-type, process.hygiene.nothing-left.

#pragma once

#include <string>
#include <utility>

#include "psq/descriptor.h"

namespace psq {

// Owns a descriptor that executed programs inherit. It does not keep the queue open, and it does
// not keep what is in the queue's buffer. Movable.
class Handle {
 public:
  // Takes over the descriptor. The method handle() of a queue makes handles.
  Handle(detail::Descriptor descriptor, std::string token) noexcept
      : descriptor_(std::move(descriptor)), token_(std::move(token)) {}

  // Printable, without spaces: for an argument of the program or a variable of its environment.
  [[nodiscard]] const std::string& token() const noexcept { return token_; }
  // The descriptor's number, for what starts a program and closes all others before.
  [[nodiscard]] int descriptor() const noexcept { return descriptor_.get(); }

 private:
  detail::Descriptor descriptor_;
  std::string token_;
};

}  // namespace psq
