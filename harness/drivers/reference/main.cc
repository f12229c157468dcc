// The driver of the C++ reference: spec/driver-protocol.md over the library in reference/.
#include "adapter.h"

int main() { return psq::reference_driver::serve("psq-reference"); }
