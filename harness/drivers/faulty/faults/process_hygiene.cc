// Faults of what processes leave behind, against spec/process.md.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "effects.h"
#include "faults/tables.h"

namespace psq::faulty {
namespace {

// Longer than any test runs.
constexpr unsigned kLongSeconds = 60;

std::string name_of_own() { return "psq-leak-" + std::to_string(::getpid()); }

void leak_descriptor() {
  if (::open("/dev/null", O_RDONLY | O_CLOEXEC) < 0) std::abort();
}

void leak_memory() {
  const std::string name = "/" + name_of_own();
  const int descriptor = ::shm_open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0 || ::ftruncate(descriptor, 4096) != 0) std::abort();
  if (::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, descriptor, 0) == MAP_FAILED) std::abort();
  ::close(descriptor);
}

void leak_file() {
  std::ofstream(std::filesystem::temp_directory_path() / name_of_own()) << "left\n";
}

void leak_process() {
  if (::fork() != 0) return;
  ::sleep(kLongSeconds);
  ::_exit(0);
}

Effect each_queue(void (*leak)()) {
  return create([=](const driver::Creation& creation) {
    if (creation.type != driver::ObjectType::kConnection) leak();
  });
}

}  // namespace

std::vector<Fault> process_hygiene_faults() {
  return {
      fault("leaks-descriptor", "process.hygiene.descriptors",
            "each queue leaves a descriptor open", {each_queue(leak_descriptor)}),
      fault("leaks-memory", "process.hygiene.nothing-left", "each queue leaves named shared memory",
            {each_queue(leak_memory)}),
      fault("leaks-file", "process.hygiene.nothing-left", "each queue leaves a temporary file",
            {each_queue(leak_file)}),
      fault("leaks-process", "process.hygiene.nothing-left", "each queue leaves a process",
            {each_queue(leak_process)}),
  };
}

}  // namespace psq::faulty
