// Threads and processes: they begin late and end late.
#include <pthread.h>
#include <unistd.h>

#include <cstdlib>
#include <new>

#include "next.h"
#include "pauses.h"
#include "protocol_socket.h"

namespace psq::slow {
namespace {

constinit Next<pid_t()> next_fork{"fork"};
constinit Next<void(int)> next_exit{"_exit"};
constinit Next<int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)> next_create{
    "pthread_create"};

struct Start {
  void* (*function)(void*);
  void* argument;
};

void* begin_late(void* given) {
  const Start start = *static_cast<Start*>(given);
  std::free(given);
  be_late();
  return start.function(start.argument);
}

}  // namespace
}  // namespace psq::slow

using namespace psq::slow;

extern "C" {

pid_t fork() noexcept {
  note_child();
  const pid_t pid = next_fork();
  if (pid == 0) {
    be_another_process();
    be_late();
  } else {
    pause_perhaps();
  }
  return pid;
}

int pthread_create(pthread_t* made, const pthread_attr_t* attributes, void* (*function)(void*),
                   void* argument) noexcept {
  void* const room = std::malloc(sizeof(Start));
  if (room == nullptr) return next_create(made, attributes, function, argument);
  auto* const start = new (room) Start{.function = function, .argument = argument};
  const int error = next_create(made, attributes, begin_late, static_cast<void*>(start));
  if (error != 0) std::free(room);
  return error;
}

void _exit(int status) {
  be_late();
  finish_sending();
  next_exit(status);
  __builtin_unreachable();
}

}  // extern "C"
