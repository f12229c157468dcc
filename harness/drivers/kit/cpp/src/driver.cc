// The kit, compiled once for the drivers that link it.
#include "psq/driver/driver.h"

#include "psq/driver/internal/run.h"

namespace psq::driver {

int run(Adapter& adapter) { return internal::serve(adapter); }

int run_child(Adapter& adapter, const std::string& name, std::vector<OwnObject> objects) {
  return internal::serve(adapter, name, std::move(objects));
}

}  // namespace psq::driver
