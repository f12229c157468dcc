/* The channel of the reference (reference/src/channel.h, ring.h, extents.h): a SimpleQueue between two producers and
   two consumers. README.md says what this leaves out. */

/* Deliberate faults: -DFAULT=name. */
#define none 0
#define wake_forgotten 1
#define lock_not_freed 2
#define commit_before_copy 3
#define head_before_copy 4
#define room_under_lock 5
#define extent_not_claimed 6

#ifndef ITEMS_OF_SECOND
#define ITEMS_OF_SECOND 1
#endif
#define ITEMS_OF(producer) ((producer) == 0 -> 2 : ITEMS_OF_SECOND) /* At most 2. The first one is long. */
#define is_long(number) ((number) == 0)
#define PRODUCERS 2
#define PROCESSES 4
#define CONSUMER(index) (PRODUCERS + (index))

#define FORGET begin = 0; header = 0; mine = 0; number = 0; i = 0
#define HOLDS_NO_LOCK (write_lock != me && read_lock != me)
#include "processes.pml"

#define MESSAGE 1 /* Channel::message_ */
#define ROOM 2    /* Channel::room_ */

/* Positions do not wrap around here. The ring has room for two short messages of two units each: the header, and the
   bytes or the number of the extent. The frame of a long message counts for the whole ring. */
#define CAPACITY 4
#define RESERVE 2
byte ring[CAPACITY];
byte write_lock = NOBODY;
byte tail;
byte read_lock = NOBODY;
byte head;
#define at(position) ring[(position) % CAPACITY]
#define IN_RING 0
#define IN_EXTENT 1
#define header_of(item, place) (2 * (item) + (place))
#define place_of(header) ((header) % 2)
#define units(header) (place_of(header) == IN_EXTENT -> CAPACITY : 2)
#define unread (tail - head)
#define has_room (unread <= CAPACITY && CAPACITY - unread >= RESERVE)
#define readable (unread != 0)

#define EXTENTS 2
typedef Extent {
  byte owner = NOBODY; /* A lock. */
  byte frame;
  bit length;
  byte bytes;
};
Extent extents[EXTENTS];
#define is_in_ring(index, head)                                                                        \
  (extents[index].length && extents[index].frame >= (head) && extents[index].frame < tail)
#define is_takable(index) (extents[index].owner == NOBODY && !is_in_ring(index, head))

/* What the properties speak of. An item is not 0, and says its producer and its number. */
byte visible[PRODUCERS]; /* Items of each producer that were committed. */
byte taken[PRODUCERS];   /* Items of each producer that a reader took. */
#define item_of(producer, number) (1 + 2 * (producer) + (number))
#define producer_of(item) (((item) - 1) / 2)
#define number_of(item) (((item) - 1) % 2)

/* Extents::take, with the write lock: makes the process the owner of `mine`, an extent that is left behind, or else a
   free one. */
inline take() {
  STEP(begin = head; i = 0; mine = NOBODY);
  do
  :: i < EXTENTS ->
     STEP(
       if
       :: is_in_ring(i, begin) || extents[i].owner != NOBODY -> i++
       :: else ->
          if
          :: extents[i].length ->
             if
             :: mine != NOBODY -> extents[mine].owner = NOBODY
             :: else
             fi;
             mine = i; extents[i].owner = me; i = EXTENTS
          :: !extents[i].length && mine == NOBODY -> mine = i; extents[i].owner = me; i++
          :: else -> i++
          fi
       fi)
  :: else -> break
  od;
  begin = 0; i = 0
}

/* Extents::give_back */
inline give_back() {
  STEP(extents[mine].length = 0);
  STEP(extents[mine].owner = NOBODY; mine = 0)
}

/* Channel::fill */
inline fill() {
  do
  :: LOCK(write_lock);
     take();
     if
     :: mine == NOBODY ->
        UNLOCK(write_lock);
        STEP(is_takable(0) || is_takable(1) -> mine = 0) /* It sleeps for kNoExtent and tries again. */
     :: mine != NOBODY && extents[mine].length -> /* Left behind. */
        UNLOCK(write_lock);
        give_back()
     :: else ->
        STEP(extents[mine].length = 1);
        UNLOCK(write_lock);
        break
     fi
  od;
  STEP(extents[mine].bytes = item_of(me, number))
}

/* Channel::lock_with_room */
inline lock_with_room() {
  do
  :: 
#if FAULT == room_under_lock
     LOCK(write_lock);
     WAIT(ROOM, has_room);
#else
     WAIT(ROOM, has_room);
     LOCK(write_lock);
#endif
     if
     :: d_step { has_room -> begin = tail } break
     :: d_step { !has_room -> write_lock = NOBODY }
     OR_LEAVE
     fi
  od
}

/* In Channel::append: the frame, with the bytes of a short message. */
inline write_frame() {
  if
  :: is_long(number) ->
     STEP(at(begin) = header_of(item_of(me, number), IN_EXTENT); at(begin + 1) = mine);
     STEP(extents[mine].frame = begin);
     STEP(extents[mine].owner = NOBODY; mine = 0)
  :: else ->
     STEP(at(begin) = header_of(item_of(me, number), IN_RING); at(begin + 1) = item_of(me, number))
  fi
}
#define COMMIT STEP(tail = tail + (is_long(number) -> CAPACITY : 2); visible[me]++)

/* Channel::send, for each item. */
proctype Producer(byte me) {
  byte begin, header, mine, number, i;
  do
  :: number < ITEMS_OF(me) ->
     if
     :: is_long(number) -> fill()
     :: else
     fi;
     lock_with_room();
#if FAULT == commit_before_copy
     COMMIT;
     write_frame();
#else
     write_frame();
     COMMIT;
#endif
     UNLOCK(write_lock);
     NOTIFY_ONE(MESSAGE, CONSUMER(0), CONSUMER(1), skip);
     begin = 0; number++
  :: else -> break
  od;
gone:
  do
  :: FREED_BY_DEATH(write_lock)
  :: FREED_BY_DEATH(extents[0].owner)
  :: FREED_BY_DEATH(extents[1].owner)
  OR_GO
  od
}

#define is_waiting(consumer) (asleep[CONSUMER(consumer)] == MESSAGE)

/* Channel::receive, again and again. */
proctype Consumer(byte me) {
  byte begin, header, mine, number, i;
  do
  :: WAIT(MESSAGE, readable);
     LOCK(read_lock);
     if
     :: d_step { !readable -> read_lock = NOBODY }
     :: d_step { readable -> begin = head; header = at(begin); mine = at(begin + 1) };
        if
        :: place_of(header) == IN_EXTENT && !is_fault(extent_not_claimed) -> LOCK(extents[mine].owner)
        :: else
        fi;
        STEP(
          head = begin + units(header);
          assert(header > 1 && number_of(header / 2) == taken[producer_of(header / 2)]);
          taken[producer_of(header / 2)]++);
#if FAULT == head_before_copy
        STEP(mine = at(begin + 1));
#endif
        assert(place_of(header) == IN_EXTENT || mine == header / 2);
        UNLOCK(read_lock);
        NOTIFY_ONE(ROOM, 0, 1, skip);
        if /* FutexEvent::pass_on, of the message */
        :: d_step { readable && is_waiting(0) -> asleep[CONSUMER(0)] = AWAKE }
        :: d_step { readable && is_waiting(1) -> asleep[CONSUMER(1)] = AWAKE }
        :: d_step { !readable || !(is_waiting(0) || is_waiting(1)) -> skip }
        OR_LEAVE
        fi;
        if
        :: place_of(header) == IN_EXTENT ->
           STEP(assert(extents[mine].bytes == header / 2));
           give_back()
        :: else
        fi;
        FORGET
     OR_LEAVE
     fi
  od;
gone:
  do
  :: FREED_BY_DEATH(read_lock)
  :: FREED_BY_DEATH(extents[0].owner)
  :: FREED_BY_DEATH(extents[1].owner)
  OR_GO
  od
}

/* Looks at each state in which no process can take a step: each one that is not done has to have a reason to wait, and
   no visible item is left while a consumer could take it. */
init {
  byte i;
  choose_who_goes();
  atomic { run Producer(0); run Producer(1); run Consumer(2); run Consumer(3) };
  timeout;
  d_step {
    for (i : 0 .. PRODUCERS - 1) {
      assert(state[i] != RUNNING || visible[i] == ITEMS_OF(i) || is_stopped(write_lock) ||
             (asleep[i] == ROOM && !has_room) || (!is_takable(0) && !is_takable(1)))
    }
    for (i : PRODUCERS .. PROCESSES - 1) {
      assert(state[i] != RUNNING || is_stopped(read_lock) ||
             (asleep[i] == MESSAGE && visible[0] == taken[0] && visible[1] == taken[1]))
    }
  }
}
