#include "src/leak_faults.h"

#ifdef PSQ_FAULTS

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "src/fault_seam.h"

namespace psq::detail {
namespace {

constexpr unsigned kOutlivesEverybody = 60;

std::string name_of_own() { return "psq-leak-" + std::to_string(::getpid()); }

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
  ::sleep(kOutlivesEverybody);
  ::_exit(0);
}

}  // namespace

void fault_leak() {
  if (fault_is(Fault::kLeaksDescriptor) && ::open("/dev/null", O_RDONLY | O_CLOEXEC) < 0) {
    std::abort();
  }
  if (fault_is(Fault::kLeaksMemory)) leak_memory();
  if (fault_is(Fault::kLeaksFile)) leak_file();
  if (fault_is(Fault::kLeaksProcess)) leak_process();
}

}  // namespace psq::detail

#endif  // PSQ_FAULTS
