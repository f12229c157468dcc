// Queues for a program that is executed afresh and shares only descriptors with its parent. Here
// the program executes itself with other arguments; any program that uses psq would do.

#include <cstdio>
#include <string>

#include "psq/psq.h"

namespace {

int work(const std::string& jobs_handle, const std::string& squares_handle) {
  auto jobs = psq::Queue<int>::from_handle(jobs_handle);
  auto squares = psq::Queue<int>::from_handle(squares_handle);
  for (const int job : psq::until(jobs, 0)) squares.put(job * job);
  return 0;  // The end of the process first sends what is in the buffer of `squares`.
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3) return work(argv[1], argv[2]);

  psq::Queue<int> jobs;
  psq::Queue<int> squares;
  psq::Process worker{[&] {
    // Made in the child, so that no program that the parent executes inherits them.
    const psq::Handle jobs_handle = jobs.handle();
    const psq::Handle squares_handle = squares.handle();
    psq::execute({argv[0], jobs_handle.token(), squares_handle.token()});
  }};
  for (const int job : {1, 2, 3, 0}) jobs.put(job);
  for (int i = 0; i < 3; ++i) std::printf("%d\n", squares.get());
  worker.join();
  std::printf("the worker ended with %d\n", worker.exit_code().value());
}
