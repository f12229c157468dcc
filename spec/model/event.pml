/* How waiters sleep: FutexEvent of reference/src/futex_event.h. Waiters want one message each; one notifier adds
   two messages and notifies once (as Channel::send_some does), the other adds one. README.md says what this leaves
   out. */

#define none 0
#define wake_forgotten 1
#define no_second_check 2
#define late_sleepers_not_woken 3
#define wake_up_not_passed_on 4

#ifndef WAITERS
#define WAITERS 2 /* At most 3. */
#endif
#define PROCESSES 5
#define FORGET seen = 0
#define HOLDS_NO_LOCK true
#include "processes.pml"

#define EVENT 1

byte messages;
byte word; /* FutexEvent::state_ */
#define SLEEPERS 1
#define ONE_NOTIFICATION 2

#define is_asleep(process) (asleep[process] == EVENT)
#define none_is_asleep !(is_asleep(0) || is_asleep(1) || is_asleep(2))

/* FutexEvent::notify, of one. */
inline notify() {
  STEP(seen = word);
  if
  :: !(seen & SLEEPERS) || is_fault(wake_forgotten) -> skip
  :: else ->
     STEP(word = word + ONE_NOTIFICATION; seen = word);
     if
     :: d_step { is_asleep(0) -> asleep[0] = AWAKE }
     :: d_step { is_asleep(1) -> asleep[1] = AWAKE }
     :: d_step { is_asleep(2) -> asleep[2] = AWAKE }
     :: d_step { none_is_asleep -> skip };
        if
        :: d_step { word == seen -> word = word & ~SLEEPERS };
           STEP(
             if
             :: !is_fault(late_sleepers_not_woken) -> asleep[0] = AWAKE; asleep[1] = AWAKE; asleep[2] = AWAKE
             :: else
             fi)
        :: d_step { word != seen -> skip }
        OR_LEAVE
        fi
     OR_LEAVE
     fi
  fi;
  seen = 0
}

/* FutexEvent::wait */
inline wait() {
  do
  :: d_step { messages > 0 -> skip } break
  :: d_step { messages == 0 -> skip };
     STEP(seen = word | SLEEPERS; word = seen);
     if
     :: d_step { messages > 0 && !is_fault(no_second_check) -> seen = 0 } break
     :: d_step { messages == 0 || is_fault(no_second_check) -> skip };
        STEP(asleep[me] = (word == seen -> EVENT : AWAKE); seen = 0);
        STEP(asleep[me] == AWAKE || (someone_is_gone && messages > 0) -> asleep[me] = AWAKE)
     OR_LEAVE
     fi
  OR_LEAVE
  od
}

/* Channel::receive: another waiter may have been faster. */
proctype Waiter(byte me) {
  byte seen;
  do
  :: wait();
     if
     :: d_step { messages > 0 -> messages-- } break
     :: d_step { messages == 0 -> skip }
     OR_LEAVE
     fi
  od;
  if
  :: d_step { messages > 0 && (word & SLEEPERS) && !is_fault(wake_up_not_passed_on) -> skip }; notify()
  :: d_step { messages == 0 || !(word & SLEEPERS) || is_fault(wake_up_not_passed_on) -> skip }
  OR_LEAVE
  fi;
gone:
  do
  OR_GO
  od
}

proctype Notifier(byte me; byte how_many) {
  byte seen;
  STEP(messages = messages + how_many);
  notify();
gone:
  do
  OR_GO
  od
}

init {
  byte i;
  choose_who_goes();
  atomic {
    for (i : 0 .. WAITERS - 1) { run Waiter(i) };
    run Notifier(3, 2);
    run Notifier(4, 1)
  };
  timeout;
  for (i : 0 .. WAITERS - 1) {
    assert(state[i] != RUNNING || asleep[i] == AWAKE || messages == 0)
  }
}
