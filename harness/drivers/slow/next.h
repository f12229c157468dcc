// The function that an intercepting one of the same name hides.
#pragma once

#include <dlfcn.h>

#include <atomic>

namespace psq::slow {

/// Looks the function up at its first call, with the newest version that the C library has of it.
/// Any thread may call it.
template <typename Function>
class Next {
 public:
  explicit constexpr Next(const char* name, const char* version = nullptr)
      : name_(name), version_(version) {}

  template <typename... Arguments>
  auto operator()(Arguments... arguments) {
    return find()(arguments...);
  }

 private:
  Function* find() {
    Function* function = found_.load(std::memory_order_relaxed);
    if (function == nullptr) {
      function = reinterpret_cast<Function*>(look_up());
      found_.store(function, std::memory_order_relaxed);
    }
    return function;
  }

  void* look_up() const {
    // Without a version, dlsym finds the oldest one of some functions.
    void* const newest = version_ == nullptr ? nullptr : ::dlvsym(RTLD_NEXT, name_, version_);
    return newest != nullptr ? newest : ::dlsym(RTLD_NEXT, name_);
  }

  const char* name_;
  const char* version_;
  std::atomic<Function*> found_ = nullptr;
};

}  // namespace psq::slow
