// The driver program: `int main() { MyAdapter adapter; return psq::driver::run(adapter); }`.
//
// Include this in one source file only, because it includes the JSON library. adapter.h and item.h
// have all else that an adapter needs.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "psq/driver/adapter.h"
#include "psq/driver/internal/process.h"
#include "psq/driver/item.h"

namespace psq::driver {

/// Serves the controller at PSQ_SOCKET until the controller asks for the end. Call it on the main
/// thread, and return its result from `main`. Returns 0 for an end by return. Throws for an end by
/// `raise`. Without a controller it prints the reason on standard error and returns 64 (PSQ_SOCKET
/// is not set, or the hello is wrong) or 70 (it cannot connect). The adapter must live as long as
/// the process.
inline int run(Adapter& adapter) {
  const char* path = std::getenv("PSQ_SOCKET");
  if (path == nullptr || *path == '\0') {
    std::fputs(
        "This is a driver of the psq conformance suite. It serves a controller at the Unix socket\n"
        "PSQ_SOCKET, which is not set. Judge the driver with `psq check COMMAND`.\n",
        stderr);
    return 64;
  }
  internal::Process* process = nullptr;  // never destroyed, because threads use it to the end
  const Hello hello = adapter.hello();
  try {
    process = new internal::Process(adapter, *new internal::Capabilities(hello), path, "root");
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "driver: %s\n", error.what());
    return 64;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "driver: %s\n", error.what());
    return 70;
  }
  process->live(internal::root_hello_line(hello));
  return 0;
}

}  // namespace psq::driver
