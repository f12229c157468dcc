// The reference's driver with one thing wrong in the library beneath it, or in the driver itself.
//
//   psq-faulty-driver                 nothing is wrong
//   psq-faulty-driver --fault NAME    this is wrong
//   psq-faulty-driver --list-faults   one JSON object a line: name, clause, breaks, also (globs of
//                                     clauses), search (null, or test, clauses, number of
//                                     programs), thorough, file (from the source tree's top
//                                     folder), line
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "fault.h"
#include "faulty_adapter.h"

namespace {

using nlohmann::ordered_json;
using psq::faulty::Fault;

constexpr int kWrongUsage = 64;

ordered_json search_of(const Fault& fault) {
  if (!fault.rest.search) return nullptr;
  const auto& search = *fault.rest.search;
  return {{"test", search.test}, {"clauses", search.clauses}, {"programs", search.programs}};
}

int list_faults() {
  for (const Fault& fault : psq::faulty::all_faults()) {
    const ordered_json line = {{"name", fault.name},         {"clause", fault.clause},
                               {"breaks", fault.effect},     {"also", fault.rest.also},
                               {"search", search_of(fault)}, {"thorough", fault.rest.thorough},
                               {"file", fault.file},         {"line", fault.line}};
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
  if (argc == 3 && !psq::faulty::install(argv[2])) {
    std::string known;
    for (const Fault& fault : psq::faulty::all_faults()) known.append("\n  ").append(fault.name);
    return complain(std::string("no fault is named '") + argv[2] + "'; the faults are:" + known);
  }
  // Never destroyed: it serves calls at the end of the process, too.
  return psq::reference_driver::serve(*new psq::faulty::FaultyAdapter("psq-faulty"));
}
