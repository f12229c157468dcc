// The kit, compiled once for the drivers that link it.
#include "psq/driver/driver.h"

#include "psq/driver/internal/run.h"

namespace psq::driver {

int run(Adapter& adapter) { return internal::serve(adapter); }

}  // namespace psq::driver
