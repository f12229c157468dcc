// The driver's command, started in a session of its own, and everything that descends from it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "protocol/driver_log.h"
#include "protocol/posix.h"

namespace psq::conformance {

/// Starts the command on construction, with `folder` as its temporary folder and its output in
/// `log()`. On destruction whatever descends from it is ended and reaped: this process makes itself
/// the subreaper, so that nothing escapes. One at a time in a process.
class DriverProgram {
 public:
  /// `standard_descriptors`: whether it has standard input, output and error.
  DriverProgram(const std::vector<std::string>& command, const std::filesystem::path& socket,
                const std::filesystem::path& folder, bool standard_descriptors = true);
  DriverProgram(const DriverProgram&) = delete;
  DriverProgram& operator=(const DriverProgram&) = delete;
  ~DriverProgram();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] const Fd& pidfd() const { return pidfd_; }
  [[nodiscard]] const DriverLog& log() const { return log_; }

  /// Once the root has ended: reaps what descends from it and has ended. False while some of it
  /// runs.
  [[nodiscard]] bool descendants_have_ended();

  /// How the root ended, as a shell would say it; nothing while it runs.
  std::optional<std::string> how_it_ended();

  /// How a process of the driver ended that is dead, as far as the kernel still tells: of the root,
  /// and of a process that its parent has not reaped. Empty when it does not.
  [[nodiscard]] std::string how_ended(pid_t pid);

 private:
  void reap_descendants();

  DriverLog log_;
  pid_t pid_ = 0;
  Fd pidfd_;
  std::optional<int> status_;  // of waitpid
};

}  // namespace psq::conformance
