// The reference's driver with one thing wrong in the library beneath it.
//
//   psq-faulty-driver                 nothing is wrong
//   psq-faulty-driver --fault NAME    this is wrong
//   psq-faulty-driver --list-faults   one JSON object a line: name, clause, breaks
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "adapter.h"
#include "psq/error.h"
#include "psq/fault.h"

namespace {

constexpr int kWrongUsage = 64;

int list_faults() {
  for (const psq::FaultInfo& fault : psq::faults()) {
    const nlohmann::ordered_json line = {
        {"name", fault.name}, {"clause", fault.clause}, {"breaks", fault.description}};
    std::puts(line.dump().c_str());
  }
  return 0;
}

int complain(const std::string& why) {
  std::fprintf(stderr, "%s\nusage: psq-faulty-driver [--fault NAME | --list-faults]\n",
               why.c_str());
  return kWrongUsage;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view option = argc > 1 ? argv[1] : "";
  if (option == "--list-faults" && argc == 2) return list_faults();
  if (argc > 1 && (option != "--fault" || argc != 3)) {
    return complain("psq-faulty-driver: these arguments are unknown");
  }
  if (argc == 3) {
    try {
      psq::set_fault(argv[2]);
    } catch (const psq::InvalidArgument& error) {
      return complain(error.what());
    }
  }
  return psq::reference_driver::serve("psq-faulty");
}
