#include "program/shrink.h"

#include <algorithm>

namespace psq::conformance {
namespace {

constexpr int kRunsToCount = 20;
constexpr int kRunsToEstimate = 6;
constexpr int kFewestTries = 2;
constexpr int kMostTries = 12;

class Smaller {
 public:
  explicit Smaller(const Program& program) : program_(program) {}

  std::vector<Program> all() {
    without_kills();
    without_stops();
    without_processes();
    without_threads();
    without_steps();
    without_objects();
    fewer_repeats();
    simpler();
    return std::move(found_);
  }

 private:
  template <typename Change>
  void add(Change&& change) {
    Program changed = program_;
    change(changed);
    if (changed != program_ && calls_in(changed) > 0) found_.push_back(std::move(changed));
  }

  template <typename Act>
  void for_each_thread(Act&& act) {
    for (std::size_t p = 0; p < program_.processes.size(); ++p) {
      for (std::size_t t = 0; t < program_.processes[p].threads.size(); ++t) act(p, t);
    }
  }

  template <typename Act>
  void for_each_step(Act&& act) {
    for_each_thread([&](std::size_t p, std::size_t t) {
      for (std::size_t s = 0; s < program_.processes[p].threads[t].steps.size(); ++s) act(p, t, s);
    });
  }

  static Action& step_of(Program& program, std::size_t p, std::size_t t, std::size_t s) {
    return program.processes[p].threads[t].steps[s];
  }

  template <typename T>
  static void erase(std::vector<T>& from, std::size_t index) {
    from.erase(from.begin() + static_cast<std::ptrdiff_t>(index));
  }

  void without_kills() {
    if (!program_.kills.empty()) add([](Program& changed) { changed.kills.clear(); });
  }

  void without_stops() {
    for (std::size_t i = 0; i < program_.stops.size(); ++i)
      add([&](Program& changed) { erase(changed.stops, i); });
  }

  void without_processes() {
    if (program_.processes.size() == 1) return;
    for (std::size_t p = 0; p < program_.processes.size(); ++p) {
      const auto about_it = [&](const auto& each) { return each.process >= p; };
      if (std::ranges::any_of(program_.kills, about_it)) continue;
      if (std::ranges::any_of(program_.stops, about_it)) continue;
      add([&](Program& changed) { erase(changed.processes, p); });
    }
  }

  void without_threads() {
    for_each_thread([&](std::size_t p, std::size_t t) {
      if (program_.processes[p].threads.size() > 1)
        add([&](Program& changed) { erase(changed.processes[p].threads, t); });
    });
  }

  void without_steps() {
    for_each_step([&](std::size_t p, std::size_t t, std::size_t s) {
      if (program_.processes[p].threads[t].steps.size() > 1)
        add([&](Program& changed) { erase(changed.processes[p].threads[t].steps, s); });
    });
  }

  // Objects without a user.
  void without_objects() {
    for (std::size_t object = 0; object < program_.objects.size(); ++object) {
      bool used = false;
      for_each_step([&](std::size_t p, std::size_t t, std::size_t s) {
        const Action& action = program_.processes[p].threads[t].steps[s];
        used = used || (action.object == object && action.operation != Operation::kPause);
      });
      if (used) continue;
      add([&](Program& changed) {
        erase(changed.objects, object);
        for_each_step([&](std::size_t p, std::size_t t, std::size_t s) {
          std::size_t& index = step_of(changed, p, t, s).object;
          if (index > object || index == changed.objects.size()) --index;
        });
      });
    }
  }

  void fewer_repeats() {
    add([](Program& changed) {
      for (auto& process : changed.processes) {
        for (auto& thread : process.threads) {
          for (Action& step : thread.steps)
            step.repeat = std::max<std::int64_t>(1, step.repeat / 2);
        }
      }
    });
    for_each_step([&](std::size_t p, std::size_t t, std::size_t s) {
      add([&](Program& changed) { step_of(changed, p, t, s).repeat = 1; });
      add([&](Program& changed) {
        std::int64_t& repeat = step_of(changed, p, t, s).repeat;
        repeat = std::max<std::int64_t>(1, repeat / 2);
      });
      add([&](Program& changed) {
        std::int64_t& repeat = step_of(changed, p, t, s).repeat;
        repeat = std::max<std::int64_t>(1, repeat - 1);
      });
    });
  }

  void simpler() {
    for (std::size_t p = 0; p < program_.processes.size(); ++p)
      add([&](Program& changed) { changed.processes[p].leaves = false; });
    for_each_thread([&](std::size_t p, std::size_t t) {
      add([&](Program& changed) { changed.processes[p].threads[t].starts = Nanoseconds{0}; });
    });
    for_each_step([&](std::size_t p, std::size_t t, std::size_t s) {
      add([&](Program& changed) { step_of(changed, p, t, s).size = 0; });
    });
  }

  const Program& program_;
  std::vector<Program> found_;
};

int tries_for(const Tried& tried) {
  const int often = kMostTries / std::max(1, 2 * tried.failed);
  return std::clamp(often, kFewestTries, kMostTries);
}

bool fails_in(const Program& program, const Fails& fails, Nanoseconds deadline, int tries) {
  for (int i = 0; i < tries && monotonic_now() < deadline; ++i) {
    if (fails(program)) return true;
  }
  return false;
}

Tried count(const Program& program, const Fails& fails, Nanoseconds deadline, int runs) {
  Tried tried;
  while (tried.runs < runs && monotonic_now() < deadline) {
    ++tried.runs;
    if (fails(program)) ++tried.failed;
  }
  return tried;
}

}  // namespace

std::vector<Program> smaller(const Program& program) { return Smaller{program}.all(); }

Program shrink(const Program& program, const Fails& fails, Nanoseconds deadline, Tried& tried) {
  const Nanoseconds began = monotonic_now();
  // The rest of the time is for counting.
  const Nanoseconds shrinking_ends = began + (deadline - began) * 3 / 4;
  const int tries =
      tries_for(count(program, fails, began + (deadline - began) / 4, kRunsToEstimate));
  Program smallest = program;
  for (bool progress = true; progress && monotonic_now() < shrinking_ends;) {
    progress = false;
    for (const Program& candidate : smaller(smallest)) {
      if (!fails_in(candidate, fails, shrinking_ends, tries)) continue;
      smallest = candidate;
      progress = true;
      break;
    }
  }
  tried = count(smallest, fails, deadline, kRunsToCount);
  return smallest;
}

}  // namespace psq::conformance
