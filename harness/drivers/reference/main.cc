// The driver of the C++ reference: spec/driver-protocol.md over the library in reference/.
#include "adapter.h"

int main() {
  psq::reference_driver::ReferenceAdapter adapter("psq-reference");
  return psq::reference_driver::serve(adapter);
}
