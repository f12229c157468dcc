// The kit, compiled once for the drivers that link it.
#include "psq/driver/driver.h"

#include "psq/driver/internal/run.h"

namespace psq::driver {

int run(Adapter& adapter) { return internal::serve(adapter); }

int run_child(Adapter& adapter, const std::string& name, std::vector<OwnObject> objects) {
  return internal::serve(adapter, name, std::move(objects));
}

std::string_view name_of(ObjectType type) { return internal::word(type); }

std::optional<ObjectType> type_of(std::string_view name) { return internal::find_type(name); }

}  // namespace psq::driver
