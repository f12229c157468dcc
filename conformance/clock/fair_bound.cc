#include "clock/fair_bound.h"

namespace psq::conformance {
namespace {

// Of the fair time: what only looks again from time to time uses less.
constexpr int kComputingShare = 5;

bool computes(const Fairness& lately) { return lately.ran * kComputingShare >= lately.fair; }

}  // namespace

FairBound::FairBound(FairClock& clock, Nanoseconds bound, Work work)
    : clock_(clock), bound_(bound), work_(work), began_(clock.recent()), lately_(began_) {}

FairBound::State FairBound::judge(Nanoseconds bound, const Fairness& spent,
                                  const Fairness& lately) {
  if (spent.fair >= kHangs * bound && lately.fair >= bound &&
      (!computes(lately) || spent.ran >= kComputes * bound))
    return State::kHung;
  if (spent.wall >= kGivesUp * bound) return State::kUndecided;
  return spent.fair >= bound ? State::kLate : State::kInTime;
}

FairBound::State FairBound::state() {
  const Fairness& now = clock_.recent();
  Fairness lately = now - lately_;
  if (work_ == Work::kForQuestions) lately.ran = Nanoseconds{0};
  const State found = judge(bound_, now - began_, lately);
  if (found == State::kLate && (now - lately_).fair >= bound_) lately_ = now;
  return found;
}

void FairBound::restart() { began_ = lately_ = clock_.recent(); }

Fairness FairBound::spent() { return clock_.read() - began_; }

std::string FairBound::in_words() {
  return "no end within " + human(kHangs * bound_) + " of fair time (" + spent().in_words() + ")";
}

}  // namespace psq::conformance
