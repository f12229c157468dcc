// Objects whose descriptors have large numbers.
#pragma once

#include "suite/scenario.h"

namespace psq::conformance {

/// Takes the descriptors of the root process up to 1,024 and beyond, which select(2) cannot hold:
/// what it creates next has larger ones. Unsupported where that many are not allowed, or where
/// pipes have no descriptors.
void use_low_descriptors(Scenario& t);

}  // namespace psq::conformance
