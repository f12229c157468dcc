// A bound on the fair clock for something that has to end.
#pragma once

#include <string>

#include "clock/fair_clock.h"

namespace psq::conformance {

/// Counts from its construction, or from the newest progress. Valid as long as its clock.
class FairBound {
 public:
  enum class State {
    kInTime,     // the bound has not passed, or on the wall clock alone
    kLate,       // it has passed, and what has to end may still do so
    kHung,       // a multiple of it has passed, and the processes do next to nothing
    kUndecided,  // the machine gave the processes too little for a verdict
  };

  /// It hangs after so many times the bound, in fair time.
  static constexpr int kHangs = 3;
  /// Processes that compute do not hang until they have had so many times the bound on a processor.
  static constexpr int kComputes = 6;
  /// There is a verdict by so many times the bound on the wall clock.
  static constexpr int kGivesUp = 20;

  /// Whose work it is when the processes compute.
  enum class Work {
    kTheirOwn,      // what has to end may be what they are at
    kForQuestions,  // they answer what the suite asks again and again
  };

  FairBound(FairClock& clock, Nanoseconds bound, Work work = Work::kTheirOwn);

  [[nodiscard]] State state();
  /// What has to end made progress: the bound counts from now.
  void restart();
  /// The time since the construction, or since the newest progress.
  [[nodiscard]] Fairness spent();
  /// `no end within 15 s of fair time (…)`.
  [[nodiscard]] std::string in_words();

  /// The state that goes with the times since the bound began, and since the last third of it did.
  [[nodiscard]] static State judge(Nanoseconds bound, const Fairness& spent,
                                   const Fairness& lately);

 private:
  FairClock& clock_;
  Nanoseconds bound_;
  Work work_;
  Fairness began_;
  Fairness lately_;
};

}  // namespace psq::conformance
