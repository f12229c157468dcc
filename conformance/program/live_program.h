// The processes and objects of one program, and the lists that its threads are asked to do.
#pragma once

#include <string>
#include <vector>

#include "program/helper.h"
#include "program/program.h"
#include "program/tally.h"
#include "suite/scenario.h"

namespace psq::conformance {

class LiveProgram {
 public:
  /// The driver knows the program's names with `suffix` behind them.
  LiveProgram(Scenario& t, const Program& program, const std::string& suffix)
      : t_(t), program_(program), suffix_(suffix) {}
  LiveProgram(const LiveProgram&) = delete;
  LiveProgram& operator=(const LiveProgram&) = delete;

  /// Creates the objects in the root, and spawns the processes with all of them.
  void set_up();
  /// Asks each thread for its calls, to begin at that time or as soon after it as possible. Leaves
  /// out operations that the driver does not declare.
  void start(Nanoseconds at);

  [[nodiscard]] const Handles& handles() const { return handles_; }
  [[nodiscard]] std::vector<Running>& threads() { return threads_; }
  [[nodiscard]] std::string wire_name(std::size_t process) const;

 private:
  void create(const ObjectPlan& plan, const std::string& name);
  [[nodiscard]] bool declared(const Request& request) const;
  [[nodiscard]] Request one_call(const Action& action, const std::string& from,
                                 std::int64_t seq) const;
  Request request_for(const Action& action, const std::string& from, std::int64_t& numbered) const;
  void start_thread(std::size_t process, std::size_t index, Nanoseconds at);

  Scenario& t_;
  const Program& program_;
  const std::string& suffix_;
  Handles handles_;
  std::vector<Running> threads_;
};

}  // namespace psq::conformance
