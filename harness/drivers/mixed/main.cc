// The C++ processes of the driver `mixed`: neighbours in its tree of processes are of different
// languages.
//
//   psq-mixed-driver -- COMMAND…                                      the root
//   psq-mixed-driver --child NAME [TYPE HANDLE OBJECT]… -- COMMAND…   a child of a Python process
//
// COMMAND is the one of mixed_driver.py.

#include <cstdio>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "mixed_adapter.h"

namespace {

using psq::mixed_driver::MixedAdapter;
using Arguments = std::span<const char* const>;

constexpr int kUsage = 64;

int usage() {
  std::fputs(
      "usage: psq-mixed-driver [--child NAME [TYPE HANDLE OBJECT]...] -- COMMAND...\n"
      "COMMAND is that of mixed_driver.py, of which the Python processes are.\n",
      stderr);
  return kUsage;
}

// The first argument "--" where a type could stand; an object may have that name.
std::size_t find_dashes(Arguments arguments, std::size_t from) {
  while (from < arguments.size() && std::string(arguments[from]) != "--") from += 3;
  return from;
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments(argv, static_cast<std::size_t>(argc));
  const bool is_child = argc > 3 && std::string(arguments[1]) == "--child";
  const std::size_t objects = is_child ? 3 : 1;
  const std::size_t dashes = find_dashes(arguments, objects);
  if (dashes + 1 >= arguments.size() || (!is_child && dashes != 1)) return usage();
  const auto python = arguments.subspan(dashes + 1);
  std::vector<std::string> command(python.begin(), python.end());
  command.insert(command.end(), {"--cpp", arguments[0]});
  // Never destroyed: it serves calls at the end of the process, too.
  auto& adapter = *new MixedAdapter(std::move(command));
  if (!is_child) return psq::reference_driver::serve(adapter);
  const auto given = arguments.subspan(objects, dashes - objects);
  return psq::reference_driver::serve_child(adapter, arguments[2],
                                            psq::mixed_driver::receive_objects(given));
}
