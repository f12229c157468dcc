// The end of a process in which the driver itself went wrong.
#pragma once

#include <cxxabi.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <typeinfo>

#include "psq/driver/internal/line_channel.h"
#include "psq/driver/internal/messages.h"

namespace psq::driver::internal {

/// The exit status of a process whose driver has a defect.
inline constexpr int kDefect = 70;

inline std::string type_name(const std::exception& error) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(typeid(error).name(), nullptr, nullptr, &status), &std::free);
  return name ? name.get() : typeid(error).name();
}

inline void log_defect(const std::string& type, const std::string& message) {
  ::dprintf(STDERR_FILENO, "psq driver: defect in the driver (not in the implementation): %s: %s\n",
            type.c_str(), message.c_str());
}

/// Says so in the log and to the controller, and ends the process at once: what it would answer
/// from now on says nothing about the implementation.
[[noreturn]] inline void end_for_defect(LineChannel& channel, const std::string& type,
                                        const std::string& message) {
  log_defect(type, message);
  channel.send(defect_line(type, message));
  ::_exit(kDefect);
}

/// The same for a forked child that has not begun: with no lock that it may have inherited.
[[noreturn]] inline void end_for_defect_at_start(const LineChannel& channel,
                                                 const std::string& type,
                                                 const std::string& message) {
  log_defect(type, message);
  channel.send_at_once(defect_line(type, message));
  ::_exit(kDefect);
}

}  // namespace psq::driver::internal
