/* The slots of a queue with a bound: reference/src/queue_memory.h, process_records.h, feeder.h, and of channel.h which
   items are committed and read. README.md says what it leaves out. */

/* Deliberate faults: -DFAULT=name. */
#define none 0
#define wake_forgotten 1
#define lock_not_freed 2
#define put_not_saved 3
#define commit_not_saved 4
#define lost_while_alive 5
#define count_not_exchanged 6

#ifndef BOUND
#define BOUND 2
#endif
#ifndef ITEMS
#define ITEMS 2 /* Of each producer. */
#endif
#define PRODUCERS 2
#define PROCESSES 4
#define FORGET value = 0; last_producer = 0; sequence = 0; before = 0; gone_items = 0; id = 0; is_new = 0
#define HOLDS_NO_LOCK (write_lock != me)
#include "processes.pml"

#define SLOT 1
#define SLOT_LATER 2 /* The waiter will sleep unless it is notified before. */

/* Packed states, each loaded and stored in one step. */
typedef PackedStep {
  byte value;
  byte producer;
  byte sequence;
};
PackedStep last; /* ProcessRecords: the last put. */
PackedStep tail; /* Channel: the last commit. */
byte messages;   /* Channel: the part of the head that says how many messages were read. */

/* ProcessRecords. The feeder of a producer holds the lock of its record from the beginning. */
byte life[PRODUCERS] = { 0, 1 };
byte put[PRODUCERS];
byte lost_of[PRODUCERS];
byte lost;

byte write_lock = NOBODY;
byte count[PRODUCERS]; /* Channel: commit counters. */

/* What the properties speak of: items that each producer has counted, and of these, committed. */
byte counted[PRODUCERS];
byte visible[PRODUCERS];
#define in_use(producer) (state[producer] == DEAD -> visible[producer] : counted[producer])
#define slots_in_use (in_use(0) + in_use(1) - messages)

#define NOTIFY_SLOT NOTIFY_ONE(SLOT, 0, 1, NOT_YET_ASLEEP)
#define NOT_YET_ASLEEP                                           \
  asleep[0] = (asleep[0] == SLOT_LATER -> AWAKE : asleep[0]);        \
  asleep[1] = (asleep[1] == SLOT_LATER -> AWAKE : asleep[1])

/* ProcessRecords::save, of the last put that was loaded before. */
inline save() {
  do
  :: STEP(value = last.value; last_producer = last.producer; sequence = last.sequence);
     STEP(before = put[last_producer]);
     if
     :: d_step { last.value != value -> skip }
     :: d_step { last.value == value -> skip };
        STEP(
          if
          :: put[last_producer] == before && !is_fault(put_not_saved) -> put[last_producer] = sequence
          :: else
          fi;
          before = 0; last_producer = 0; sequence = 0);
        break
     OR_LEAVE
     fi
  od
}

/* ProcessRecords::add with QueueMemory::is_slot_free. `is_new`: an item was counted. */
inline add() {
  do
  :: save();
     STEP(gone_items = lost);
     STEP(gone_items = gone_items + messages);
     if
     :: value - gone_items >= BOUND -> break
     :: else
     fi;
     if
     :: d_step { last.value != value && !is_fault(count_not_exchanged) -> gone_items = 0; value = 0 }
     :: d_step { last.value == value || is_fault(count_not_exchanged) ->
          assert(slots_in_use < BOUND);
          last.value = value + 1; last.producer = me; last.sequence = put[me] + 1; counted[me]++; is_new = 1 };
        STEP(put[me] = counted[me]);
        break
     OR_LEAVE
     fi
  od;
  value = 0; gone_items = 0
}

/* QueueMemory::collect_from_the_dead: ProcessRecords::lose_of_the_dead and settle, Channel::committed. */
#define looks_dead(id) (life[id] == NOBODY || (is_fault(lost_while_alive) && id != me && life[id] == id))
inline collect() {
  do
  :: id < PRODUCERS ->
     if
     :: d_step { !looks_dead(id) -> id++ }
     :: d_step { looks_dead(id) -> life[id] = me };
        save();
        STEP(last_producer = tail.producer; sequence = tail.sequence);
        STEP(lost_of[id] = put[id] - (last_producer == id -> sequence : count[id]); last_producer = 0; sequence = 0; value = 0);
        STEP(life[id] = NOBODY; id++)
     OR_LEAVE
     fi
  :: else -> break
  od;
  STEP(before = lost_of[0]; id = 0);
  STEP(before = before + lost_of[1]);
  if
  :: d_step { before > lost ->
       lost = before; before = 0;
       assert(lost <= counted[0] - in_use(0) + counted[1] - in_use(1)) };
     NOTIFY_SLOT
  :: d_step { before <= lost -> before = 0 }
  OR_LEAVE
  fi
}

/* Feeder::put: waits for a slot. */
inline take_slot() {
  do
  :: add();
     if
     :: is_new -> break
     :: else
     fi;
     STEP(asleep[me] = SLOT_LATER);
     collect();
     add();
     if
     :: is_new -> STEP(asleep[me] = AWAKE); break
     :: else
     fi;
     STEP(assert(HOLDS_NO_LOCK); asleep[me] = (asleep[me] == SLOT_LATER -> SLOT : AWAKE));
     STEP(asleep[me] == AWAKE || (someone_is_gone && slots_in_use < BOUND) -> asleep[me] = AWAKE)
  od
}

/* Channel::append */
inline send() {
  LOCK(write_lock);
  STEP(
    if
    :: !is_fault(commit_not_saved) -> count[tail.producer] = tail.sequence
    :: else
    fi);
  STEP(tail.value = tail.value + 1; tail.sequence = count[me] + 1; tail.producer = me; visible[me]++);
  UNLOCK(write_lock)
}

proctype Producer(byte me) {
  byte value, last_producer, sequence, before, gone_items, id;
  bit is_new;
  do
  :: counted[me] < ITEMS && counted[me] == visible[me] -> take_slot(); is_new = 0
  :: counted[me] < ITEMS && counted[me] > visible[me] && slots_in_use < BOUND -> add(); is_new = 0
  :: counted[me] > visible[me] -> send()
  :: counted[me] == ITEMS && visible[me] == ITEMS -> break
  od;
  UNLOCK(life[me]);
gone:
  do
  :: FREED_BY_DEATH(write_lock)
  :: FREED_BY_DEATH(life[0])
  :: FREED_BY_DEATH(life[1])
  OR_GO
  od
}

proctype Consumer(byte me) {
  byte value, last_producer, sequence, before, gone_items, id;
  bit is_new;
  do
  :: STEP(messages < tail.value -> messages++);
     NOTIFY_SLOT
  od;
gone:
  do
  OR_GO
  od
}

/* When no process can take a step, each that is not done is right to wait. */
init {
  byte p;
  byte me = MONITOR;
  byte value, last_producer, sequence, before, gone_items, id;
  bit is_new;
  choose_who_goes();
  atomic { run Producer(0); run Producer(1); run Consumer(2); run Consumer(3) };
  timeout;
  d_step {
    for (p : 0 .. 1) {
      if
      :: state[p] == RUNNING && visible[p] < ITEMS ->
         assert(is_stopped(write_lock) || (asleep[p] == SLOT && slots_in_use >= BOUND));
      :: else
      fi
    }
    if
    :: state[2] == RUNNING || state[3] == RUNNING -> assert(tail.value == messages)
    :: else
    fi
  }
  collect();
  assert(is_stopped(life[0]) || is_stopped(life[1]) || last.value - lost - messages == slots_in_use);
gone:
  false
}
