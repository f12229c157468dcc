// The workers of cpp_workers.py: cpp_worker TASKS RESULTS. A task is a number, a result the number
// and how many primes are below it, both as text.

#include <cstdio>
#include <string>
#include <vector>

#include "psq/psq.h"

namespace {

std::size_t primes_below(std::size_t limit) {
  std::vector<bool> composite(limit);
  std::size_t count = 0;
  for (std::size_t i = 2; i < limit; ++i) {
    if (composite[i]) continue;
    ++count;
    for (std::size_t j = i * i; j < limit; j += i) composite[j] = true;
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s TASKS RESULTS\n", argv[0]);
    return 64;
  }
  auto tasks = psq::Queue<std::string>::from_handle(argv[1]);
  auto results = psq::Queue<std::string>::from_handle(argv[2]);
  for (const auto& task : psq::until(tasks, std::string("end"))) {
    results.put(task + " " + std::to_string(primes_below(std::stoul(task))));
  }
}
