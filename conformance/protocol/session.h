// One run of a driver: its processes, what was asked of them and what they answered.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clock/fair_bound.h"
#include "protocol/channel.h"
#include "protocol/driver_program.h"
#include "protocol/driver_times.h"
#include "protocol/message.h"
#include "protocol/transcript.h"
#include "protocol/wire_record.h"

namespace psq::conformance {

/// One request and its answers so far. The session owns it and keeps it.
struct Call {
  std::string process;
  Request request;
  std::int64_t id = 0;
  std::size_t step = 0;  // in the transcript
  Nanoseconds sent{0};
  std::int64_t count = 1;           // of the calls that it makes: those of a list
  std::int64_t begun = 0;           // how many of them said so
  std::optional<Began> began = {};  // of the call, or of the newest call of a list
  std::optional<Answer> answer = {};
  std::vector<Answer> events = {};  // of an operation list, in order
};

/// What the session knows of one process of the driver.
struct Peer {
  std::string name;
  pid_t pid = 0;
  Fd pidfd = {};
  std::optional<Channel> channel = {};
  bool dead = false;
  bool told_to_end = false;
  bool killed = false;       // by the controller
  bool interrupted = false;  // by a signal of the controller
  bool abrupt = false;       // ended, or may be ended, without a chance to clean up
  Nanoseconds died{0};       // when that was seen
};

struct SessionOptions {
  std::vector<std::string> command;
  double patience = 1.0;  // scales every upper bound
  /// Anything that is not meant to wait ends in microseconds; a call that takes longer than this,
  /// in fair time, is late, and one that takes a multiple of it hangs (FairBound).
  Nanoseconds hang_after = std::chrono::seconds{5};
  /// Whether the driver's command has standard input, output and error.
  bool standard_descriptors = true;
  DriverTimes driver_times = {};
};

/// How a wait for something that has to end came out.
struct Awaited {
  FairBound::State state = FairBound::State::kInTime;  // as it ended, or was given up
  Fairness spent = {};                                 // unless it was in time
  [[nodiscard]] bool ended() const {
    return state == FairBound::State::kInTime || state == FairBound::State::kLate;
  }
};

/// Single-threaded. Every wait is bounded and handles whatever arrives meanwhile, deaths included.
/// Ends the driver and all its processes on destruction.
class Session {
 public:
  explicit Session(const SessionOptions& options);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  [[nodiscard]] const Hello& hello() const { return hello_; }
  [[nodiscard]] Transcript& transcript() { return transcript_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  [[nodiscard]] std::string log_tail() const { return program_->log().excerpt(); }
  /// What the driver wrote to its standard output and error.
  [[nodiscard]] std::string log() const { return program_->log().text(); }
  [[nodiscard]] const WireRecord& wire() const { return wire_; }

  /// An upper bound for `base`, scaled by the run's patience.
  [[nodiscard]] Nanoseconds patient(Nanoseconds base) const;

  /// Sends a request and returns at once. DriverError when the process is not there.
  Call& start(const std::string& process, const Request& request);

  /// Handles what arrives until `done` or the time is up; returns whether it is done. DriverError
  /// when the driver breaks the protocol meanwhile.
  [[nodiscard]] bool wait_until(const std::function<bool()>& done, Nanoseconds at_most);

  /// Handles what arrives until `done`, or until that is late by a multiple of `bound` on the fair
  /// clock. What `progress` counts makes the bound begin again.
  [[nodiscard]] Awaited await(const std::function<bool()>& done, Nanoseconds bound,
                              const std::function<std::size_t()>& progress = {});
  /// What a call may take beside the implementation: the driver's own time, several times over.
  [[nodiscard]] Nanoseconds driver_share() const;
  [[nodiscard]] const DriverTimes& driver_times() const { return driver_times_; }
  /// Counts from the session's start. For waits of a kind of their own.
  [[nodiscard]] FairClock& fair_clock() { return fair_clock_; }

  [[nodiscard]] Peer& peer(const std::string& name);
  /// Waits until the process of that name has said hello. DriverError when it does not.
  /// `pid` is that of a child whose start was answered; when it ends without a hello,
  /// EndedBeforeHello.
  Peer& expect_hello(const std::string& name, std::optional<pid_t> pid = {});

  [[nodiscard]] const std::map<std::string, Peer>& peers() const { return peers_; }
  /// Whether some call on a living process has no answer yet.
  [[nodiscard]] bool anything_pending() const;
  [[nodiscard]] DriverProgram& program() { return *program_; }
  /// All calls by id, which is the order of their requests.
  [[nodiscard]] const std::map<std::int64_t, std::unique_ptr<Call>>& calls() const {
    return calls_;
  }

  /// Sends a signal. A kill marks the process, so that its pending calls end as killed.
  void signal(const std::string& process, int signal);
  /// Sends a signal that has a handler to each thread of the process. Not in the transcript: a test
  /// sends hundreds.
  void signal_threads(const std::string& process, int signal);

 private:
  struct Newcomer {
    Channel channel;
    std::optional<Hello> hello = {};
  };

  void note_endings(Peer& asked, const Request& request);
  void note_size(const Request& request);
  void poll_once(Nanoseconds at_most);
  void welcome(Channel&& channel);
  void receive_from(Peer& peer);
  void receive_from_newcomer(std::unique_ptr<Newcomer>& newcomer);
  void introduce(Newcomer& newcomer);
  void take(const Peer& peer, const Incoming& incoming);
  void take_answer(Call& call, const Incoming& incoming);
  [[noreturn]] void give_up_for_defect(const std::string& who, const Incoming& incoming) const;
  void note_death(Peer& peer);
  [[nodiscard]] std::string why_no_hello();

  double patience_;
  DriverTimes driver_times_;
  std::int64_t largest_item_ = 0;  // that was asked for
  FairClock fair_clock_;
  TemporaryFolder folder_;
  Listener listener_;
  Transcript transcript_;
  WireRecord wire_;
  Hello hello_;
  std::map<std::string, Peer> peers_;
  std::vector<std::unique_ptr<Newcomer>> newcomers_;
  std::map<std::int64_t, std::unique_ptr<Call>> calls_;
  std::int64_t next_id_ = 1;
  std::unique_ptr<DriverProgram> program_;
};

}  // namespace psq::conformance
