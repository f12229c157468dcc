// The driver of the C++ reference: spec/driver-protocol.md over the library in reference/.
#include "adapter.h"

int main() {
  // Never destroyed: it serves calls at the end of the process, too.
  return psq::reference_driver::serve(
      *new psq::reference_driver::ReferenceAdapter("psq-reference"));
}
