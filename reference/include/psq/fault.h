// Deliberate ways to be wrong, which exist only in the library that is built with PSQ_FAULTS: they
// show that the tests of the law find what they are for. In the normal library this header is
// empty.

#ifndef PSQ_FAULT_H_
#define PSQ_FAULT_H_

#ifdef PSQ_FAULTS

#include <span>
#include <string_view>

namespace psq {

struct FaultInfo {
  std::string_view name;         // "put-full-early"
  std::string_view clause;       // The clause of the law that it breaks.
  std::string_view description;  // What is done wrong.
};

// Makes the library wrong in one way, from now on, in this process and the children forked later;
// an empty name makes it right again. Throws InvalidArgument, with the known names, for any other.
void set_fault(std::string_view name);

// All of them.
[[nodiscard]] std::span<const FaultInfo> faults();

// The process kills itself, by SIGKILL, when it comes to the named point in the library's sources
// for the `times`-th time from now; an empty name: never. To be called while it has one thread.
void set_death_point(std::string_view point, int times = 1);

}  // namespace psq

#endif  // PSQ_FAULTS

#endif  // PSQ_FAULT_H_
