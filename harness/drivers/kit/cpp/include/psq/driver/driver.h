// The driver program: `int main() { MyAdapter adapter; return psq::driver::run(adapter); }`.
//
// Include this in one source file; it brings the JSON library. Everything else that an adapter
// needs is in adapter.h and item.h.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "psq/driver/adapter.h"
#include "psq/driver/internal/process.h"
#include "psq/driver/item.h"

namespace psq::driver {

/// Serves the controller at PSQ_SOCKET from the calling thread, which must be the main one, until
/// it asks for the end. Returns 0 for an end by return: leave `main` with it, by returning. An end
/// by `raise` comes out as an exception. When there is no controller: says so on standard error and
/// returns 64 (no PSQ_SOCKET, a hello that is wrong) or 70 (cannot connect). The adapter must live
/// as long as the process.
inline int run(Adapter& adapter) {
  const char* path = std::getenv("PSQ_SOCKET");
  if (path == nullptr || *path == '\0') {
    std::fputs(
        "This is a driver of the psq conformance suite: it does what a controller tells it through "
        "the\n"
        "Unix socket at PSQ_SOCKET, which is not set. Judge it with `psq check COMMAND`.\n",
        stderr);
    return 64;
  }
  internal::Process* process = nullptr;  // never destroyed: threads use it to the end
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
