// Threads that the library starts in the program's processes.

#pragma once

#include <pthread.h>

#include <csignal>
#include <memory>
#include <new>
#include <utility>

#include "src/own_stacks.h"
#include "src/sanitizers.h"

namespace psq::detail {

// Signals are handled by the program's own threads: a thread that starts while this object lives
// has all of them blocked.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);  // A new thread inherits the mask.
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(SignalsBlocked&&) = delete;

 private:
  sigset_t before_;
};

// A thread that deletes this object when its body has ended. Movable bodies alone.
template <typename Body>
class OwnThread {
 public:
  explicit OwnThread(Body body) : body_(std::move(body)) {}

  // On a stack of OwnStacks, or on one of the C library. False, with nothing started: the system
  // has no thread or no memory for one, or the stack is too small for what the program keeps there
  // for each thread.
  [[nodiscard]] bool start_on(void* stack) {
    stack_ = stack;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    if (stack != nullptr)
      pthread_attr_setstack(&attributes, stack, OwnStacks::size());
    else
      pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread{};
    const int error = pthread_create(&thread, &attributes, run, this);
    pthread_attr_destroy(&attributes);
    return error == 0;
  }

 private:
  static void* run(void* self) noexcept {
    std::unique_ptr<OwnThread> mine(static_cast<OwnThread*>(self));
    mine->body_();
    void* const stack = mine->stack_;
    mine.reset();
    if (stack != nullptr) OwnStacks::instance().leave(stack);
    return nullptr;
  }

  Body body_;
  void* stack_ = nullptr;
};

// Runs `body` on a new thread that no thread of the program joins. False, with nothing started: the
// system has no thread, or no memory for one.
template <typename Body>
[[nodiscard]] bool start_own_thread(Body body) {
  const SignalsBlocked guard;
  try {
    auto thread = std::make_unique<OwnThread<Body>>(std::move(body));
    // The sanitizers know the stacks of the C library best.
    void* const stack = kAnySanitizer ? nullptr : OwnStacks::instance().take();
    bool started = stack != nullptr && thread->start_on(stack);
    if (stack != nullptr && !started) OwnStacks::instance().give_back(stack);
    started = started || thread->start_on(nullptr);
    if (started) (void)thread.release();
    return started;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace psq::detail
