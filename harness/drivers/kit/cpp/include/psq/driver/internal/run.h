// What `run` of driver.h does.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "psq/driver/adapter.h"
#include "psq/driver/internal/messages.h"
#include "psq/driver/internal/process.h"

namespace psq::driver::internal {

/// `name` is that of the process, and `objects` are those that it begins with.
inline int serve(Adapter& adapter, const std::string& name = std::string(kRoot),
                 std::vector<OwnObject> objects = {}) {
  const char* path = std::getenv("PSQ_SOCKET");
  if (path == nullptr || *path == '\0') {
    std::fputs(
        "This is a driver of the psq conformance suite. It serves a controller at the Unix socket\n"
        "PSQ_SOCKET, which is not set. Judge the driver with `psq check COMMAND`.\n",
        stderr);
    return 64;
  }
  Process* process = nullptr;  // never destroyed, because threads use it to the end
  const Hello hello = adapter.hello();
  try {
    process = new Process(adapter, *new Capabilities(hello), path, name);
    process->adopt(std::move(objects));
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "driver: %s\n", error.what());
    return 64;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "driver: %s\n", error.what());
    return 70;
  }
  try {
    process->live(name == kRoot ? root_hello_line(hello) : hello_line(name));
  } catch (const std::exception& error) {
    // The controller asked for an error that nothing handles. Left to leave main it is an abort.
    std::fprintf(stderr, "driver: uncaught: %s\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace psq::driver::internal
