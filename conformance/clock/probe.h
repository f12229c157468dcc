// A thread that sleeps for 2 ms again and again: it shows how much of the time the machine gave a
// thread that asked for next to nothing.
#pragma once

#include <atomic>
#include <mutex>
#include <thread>

#include "clock/time.h"

namespace psq::conformance {

/// Runs from construction to destruction. Its readings may be taken from any thread.
class Probe {
 public:
  Probe();
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;
  ~Probe();

  /// The time since construction without what its sleeps were late by.
  [[nodiscard]] Nanoseconds credited() const;

  /// The part of `slept` that counts: no more than was asked for, and a little.
  [[nodiscard]] static Nanoseconds credit(Nanoseconds slept);

 private:
  void run();

  struct Reading {
    Nanoseconds credited{0};
    Nanoseconds woke{0};
  };
  [[nodiscard]] Reading reading() const;

  mutable std::mutex mutex_;  // of reading_
  Reading reading_;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

}  // namespace psq::conformance
