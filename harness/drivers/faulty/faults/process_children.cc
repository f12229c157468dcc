// Faults of children as their parent sees them, against spec/process.md.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <mutex>
#include <thread>

#include "effects.h"
#include "faults/tables.h"
#include "process_effects.h"
#include "waiting_effects.h"

namespace psq::faulty {
namespace {

using driver::Seconds;

constexpr Seconds kTenth{0.1};

// Changes the exit code of a child that has ended.
template <int (*kChange)(int)>
struct OtherExitCode : RightChild {
  using RightChild::RightChild;
  std::optional<int> exit_code() override {
    const std::optional<int> code = RightChild::exit_code();
    return code ? std::optional(kChange(*code)) : std::nullopt;
  }
};

int positive(int code) { return code < 0 ? 128 - code : code; }
int as_signal(int code) { return code > 128 && code <= 128 + SIGRTMAX ? 128 - code : code; }
int as_signed_byte(int code) { return code > 127 ? code - 256 : code; }

// The exit code of the child that was seen to have ended last.
std::atomic<int> last_exit_code{0};

struct MixedExitCode : RightChild {
  using RightChild::RightChild;
  bool join(std::optional<Seconds> timeout) override {
    const bool ended = RightChild::join(timeout);
    (void)exit_code();
    return ended;
  }
  std::optional<int> exit_code() override {
    const std::optional<int> code = RightChild::exit_code();
    if (!code) return code;
    if (!has_ended_.exchange(true)) last_exit_code = *code;
    return last_exit_code;
  }

 private:
  std::atomic<bool> has_ended_{false};
};

struct SignalledAfterEnd : RightChild {
  using RightChild::RightChild;
  std::optional<int> exit_code() override {
    const std::optional<int> code = RightChild::exit_code();
    return code && signal_ != 0 ? -signal_ : code;
  }
  void terminate() override { send(SIGTERM); }
  void kill() override { send(SIGKILL); }

 private:
  void send(int signal) {
    if (RightChild::exit_code()) signal_ = signal;
    if (signal == SIGTERM) RightChild::terminate();
    if (signal == SIGKILL) RightChild::kill();
  }

  std::atomic<int> signal_{0};
};

struct Interrupted : RightChild {
  using RightChild::RightChild;
  void terminate() override {
    if (!exit_code()) ::kill(pid(), SIGINT);
  }
};

struct Terminated : RightChild {
  using RightChild::RightChild;
  void kill() override { terminate(); }
};

struct JoinedEarly : RightChild {
  using RightChild::RightChild;
  bool join(std::optional<Seconds> timeout) override {
    return RightChild::join(timeout ? std::optional(*timeout / 2) : timeout);
  }
};

struct JoinedOvertime : RightChild {
  using RightChild::RightChild;
  bool join(std::optional<Seconds> timeout) override {
    return RightChild::join(timeout ? std::optional(*timeout * 1.5) : timeout);
  }
};

struct JoinedLate : RightChild {
  using RightChild::RightChild;
  bool join(std::optional<Seconds> timeout) override {
    return RightChild::join(timeout && *timeout <= Seconds{0} ? 5 * kTenth : timeout);
  }
};

struct JoinGivesUp : RightChild {
  using RightChild::RightChild;
  bool join(std::optional<Seconds> timeout) override {
    return RightChild::join(timeout ? std::min(*timeout, kTenth) : kTenth);
  }
};

// A death of another child that its parent has not yet learnt of.
bool has_another_ended(pid_t pid) {
  siginfo_t found{};
  return ::waitid(P_ALL, 0, &found, WEXITED | WNOHANG | WNOWAIT) == 0 && found.si_pid != 0 &&
         found.si_pid != pid;
}

struct JoinedAnew : RightChild {
  using RightChild::RightChild;
  bool join(std::optional<Seconds> timeout) override {
    if (!timeout) return RightChild::join(timeout);
    const auto until = [&] { return std::chrono::steady_clock::now() + *timeout; };
    auto deadline = until();
    for (bool once = true; std::chrono::steady_clock::now() < deadline;) {
      if (RightChild::join(Seconds{kStep})) return true;
      if (has_another_ended(pid()) && std::exchange(once, false)) deadline = until();
    }
    return RightChild::join(Seconds{0});
  }
};

struct JoinedInTurn : RightChild {
  using RightChild::RightChild;
  bool join(std::optional<Seconds> timeout) override {
    static std::mutex turn;
    const std::lock_guard lock(turn);
    return RightChild::join(timeout);
  }
};

struct JoinedFor10Seconds : RightChild {
  using RightChild::RightChild;
  bool join(std::optional<Seconds> timeout) override {
    return RightChild::join(timeout ? timeout : Seconds{10});
  }
};

thread_local bool has_started = false;

struct JoinedByStarter : RightChild {
  explicit JoinedByStarter(std::unique_ptr<driver::Child> child) : RightChild(std::move(child)) {
    has_started = true;
  }
  bool join(std::optional<Seconds> timeout) override {
    return has_started && RightChild::join(timeout);
  }
};

}  // namespace

std::vector<Fault> process_children_faults() {
  return {
      fault("exit-code-positive", "process.exit-code.values",
            "the exit code of a killed child is 128 and the number of the signal",
            {children<OtherExitCode<positive>>()}),
      fault("exit-status-signed", "process.exit-code.values",
            "an exit status above 127 is reported as negative",
            {children<OtherExitCode<as_signed_byte>>()}),
      fault("exit-status-is-signal", "process.exit-code.values",
            "an exit status from 129 to 192 is reported as a death by a signal",
            {children<OtherExitCode<as_signal>>()}),
      fault("exit-codes-mixed", "process.children.several",
            "all ended children have the exit code of the last one", {children<MixedExitCode>()},
            {.also = {"process.children.by-several-threads"}}),
      fault("signal-after-end", "process.terminate.after-end",
            "a signal to a child that has ended changes its exit code",
            {children<SignalledAfterEnd>()}),
      fault("terminate-interrupts", "process.terminate.ends", "terminate sends SIGINT",
            {children<Interrupted>()}),
      fault("kill-terminates", "process.kill.ends", "kill sends SIGTERM", {children<Terminated>()}),
      fault("process-join-early", "process.join.timeout-by-value",
            "join of a child gives up after half of its timeout", {children<JoinedEarly>()},
            {.also = {"process.join.clock-starts-once"}}),
      fault("process-join-overtime", "process.join.timeout-by-value",
            "join of a child waits half as long again as its timeout", {children<JoinedOvertime>()},
            {.also = {"process.join.clock-starts-once"}}),
      fault("process-join-clock-restarts", "process.join.clock-starts-once",
            "join of a child begins anew when another child ends", {children<JoinedAnew>()}),
      fault("process-join-gives-up-after-10s", "process.join.waits",
            "join of a child without a timeout waits for 10 s only",
            {children<JoinedFor10Seconds>()}, {.thorough = true}),
      fault("process-join-in-turn", "process.join.zero-at-once",
            "one thread at a time joins a child of its process", {children<JoinedInTurn>()},
            {.also = {"process.join.*"}}),
      fault("process-join-zero-waits", "process.join.zero-at-once",
            "join of a child with timeout zero waits for 500 ms", {children<JoinedLate>()}),
      fault("process-join-gives-up", "process.join.waits",
            "join of a child without a timeout waits for 100 ms only", {children<JoinGivesUp>()},
            {.also = {"process.join.*"}}),
      fault("process-join-by-starter", "process.join.any-thread",
            "join of a child answers false at once on a thread that has started none",
            {children<JoinedByStarter>()}, {.also = {"process.join.*"}}),
  };
}

}  // namespace psq::faulty
