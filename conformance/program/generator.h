// Draws whole programs. The same seed draws the same program, on every machine.
#pragma once

#include <cstdint>

#include "program/program.h"

namespace psq::conformance {

struct Drawing {
  Kind kind = Kind::kQueue;
  bool kills = false;  // one process is killed
  bool stops = false;  // processes are stopped, and continued or killed
  bool bounds = true;  // queues may have a bound
};

/// 1 to 4 processes of 1 to 3 threads, as many as the kind of object allows; with stops up to three
/// more.
Program draw_program(std::uint64_t seed, const Drawing& drawing);

/// The kind that a soak's program of this seed is about.
Kind draw_kind(std::uint64_t seed);

}  // namespace psq::conformance
