/* Processes that may die or be stopped at any step, their locks, and their sleep. Included by the models.

   A model defines PROCESSES; FORGET, which sets the variables of a process that is gone to zero, so that states which
   differ in nothing else are one; and HOLDS_NO_LOCK. A process has an id, `me`, and ends at its label `gone`. */

#ifndef DEATHS
#define DEATHS 1
#endif
#ifndef STOPS
#define STOPS 1
#endif
#ifndef FAULT
#define FAULT none
#endif
#define is_fault(name) (FAULT == name)

#define NOBODY 255
#define MONITOR PROCESSES /* The id of the monitor. */

/* A stopped process keeps its locks, and here it never goes on: that it goes on later is an interleaving like any
   other. A dead process loses its locks, one after the other. */
#define RUNNING 0
#define STOPPED 1
#define DEAD 2
byte state[PROCESSES + 1];
byte deaths_left;
byte stops_left;
bit someone_is_gone;
#define is_stopped(process) ((process) != NOBODY && state[process] == STOPPED)

/* The monitor begins with this: none goes, or as many as may. */
inline choose_who_goes() {
  if
  :: d_step { deaths_left = DEATHS; stops_left = STOPS }
  :: skip
  fi
}

/* One step: what is atomic in the source, or has the same outcomes as if it were. Instead of it, and also while it
   has to wait, the process may die or stop. */
#define OR_LEAVE                                                                                  \
  :: d_step { deaths_left > 0 -> deaths_left--; state[me] = DEAD; asleep[me] = AWAKE; LEFT } goto gone \
  :: d_step { stops_left > 0 -> stops_left--; state[me] = STOPPED; LEFT } goto gone
#define LEFT someone_is_gone = 1; FORGET
#define STEP(...) if :: d_step { __VA_ARGS__ } OR_LEAVE fi

/* robust_lock.h */
#define LOCK(lock) STEP(lock == NOBODY -> lock = me)
#define UNLOCK(lock) STEP(lock = NOBODY)

/* What a process may do at its label `gone`. One that has ended may die or stop, too, with no effect. */
#define OR_GO                                                                                     \
  :: d_step { state[me] == RUNNING && deaths_left > 0 -> deaths_left--; state[me] = DEAD; someone_is_gone = 1 } \
  :: d_step { state[me] == RUNNING && stops_left > 0 -> stops_left--; state[me] = STOPPED; someone_is_gone = 1 }
#define FREED_BY_DEATH(lock) state[me] == DEAD && lock == me && !is_fault(lock_not_freed) -> lock = NOBODY

/* FutexEvent of futex_event.h, as event.pml shows it to behave: a waiter checks its condition and falls asleep in one
   step; a notification wakes one of the sleepers, if there is one. A sleeper checks again every kLookAgain; here only
   when a process is gone, so that a run without deaths and stops shows that no notification is missing. */
#define AWAKE 0
byte asleep[PROCESSES + 1]; /* The event for which the process sleeps. */
#define WAIT(event, condition)                                                                \
  do                                                                                          \
  :: d_step { condition -> skip } break                                                       \
  :: d_step { !(condition) -> assert(HOLDS_NO_LOCK); asleep[me] = event };                    \
     STEP(asleep[me] == AWAKE || (someone_is_gone && (condition)) -> asleep[me] = AWAKE)      \
  OR_LEAVE                                                                                    \
  od
/* Wakes one of two processes, with what happens in the same step. */
#define NOTIFY_ONE(event, first, second, also)                                                \
  if                                                                                          \
  :: d_step { asleep[first] == event && !is_fault(wake_forgotten) -> asleep[first] = AWAKE; also } \
  :: d_step { asleep[second] == event && !is_fault(wake_forgotten) -> asleep[second] = AWAKE; also } \
  :: d_step { (asleep[first] != event && asleep[second] != event) || is_fault(wake_forgotten) -> also } \
  OR_LEAVE                                                                                    \
  fi
