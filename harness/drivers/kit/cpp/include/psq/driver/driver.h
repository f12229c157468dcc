// The driver program: `int main() { MyAdapter adapter; return psq::driver::run(adapter); }`.
// For a queue with the law's API queue_driver.h needs no adapter.
//
// The kit works in two ways. As headers only: include this file in one source file only, because it
// includes the whole kit and the JSON library. As a library: link the CMake target psq::driver_kit,
// which defines PSQ_DRIVER_KIT_COMPILED, so that this file includes neither, and a driver compiles
// in seconds less. adapter.h and item.h have all else that an adapter needs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "psq/driver/adapter.h"
#include "psq/driver/item.h"

#ifndef PSQ_DRIVER_KIT_COMPILED
#include "psq/driver/internal/run.h"
#endif

namespace psq::driver {

/// Serves the controller at PSQ_SOCKET until the controller asks for the end. Call it on the main
/// thread, and return its result from `main`. Returns 0 for an end by return, and 1 for an end by
/// `raise`, with the error on standard error. Without a controller it prints the reason on standard
/// error and returns 64 (PSQ_SOCKET is not set, or the hello is wrong) or 70 (it cannot connect).
/// The adapter must live as long as the process; with the option `before_exit` or `after_exit` also
/// after the return from main: make it with `new`.
int run(Adapter& adapter);

/// As `run`, in the program of a child that an adapter has executed (`Adapter::execute`). `name` is
/// the child's; the objects are those that it was given, and name their descriptors.
int run_child(Adapter& adapter, const std::string& name, std::vector<OwnObject> objects);

/// The protocol's name of a type, such as "joinable_queue", by which a parent tells a child of what
/// type its objects are.
std::string_view name_of(ObjectType type);
/// The type of that name; none for another name.
std::optional<ObjectType> type_of(std::string_view name);

#ifndef PSQ_DRIVER_KIT_COMPILED
inline int run(Adapter& adapter) { return internal::serve(adapter); }
inline int run_child(Adapter& adapter, const std::string& name, std::vector<OwnObject> objects) {
  return internal::serve(adapter, name, std::move(objects));
}
inline std::string_view name_of(ObjectType type) { return internal::word(type); }
inline std::optional<ObjectType> type_of(std::string_view name) {
  return internal::find_type(name);
}
#endif

}  // namespace psq::driver
