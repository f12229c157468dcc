#include "psq/interruptible.h"

#include <utility>

namespace psq {
namespace {

thread_local const Interruptible* innermost = nullptr;

}  // namespace

Interruptible::Interruptible(Check function, void* context) noexcept
    : check_(function), context_(context), outer_(std::exchange(innermost, this)) {}

Interruptible::~Interruptible() { innermost = outer_; }

bool Interruptible::in_this_thread() noexcept { return innermost != nullptr; }

void Interruptible::check() {
  if (innermost != nullptr) innermost->check_(innermost->context_);
}

}  // namespace psq
