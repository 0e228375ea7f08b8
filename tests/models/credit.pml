/* Credit in a diamond: source -> fork -> (passes | holds) -> zip -> sink. `holds` gives one chunk
   for each K that it takes, as large as all of them, as `rechunk` does; `zip` takes a chunk of the
   one input, then of the other, and pairs their records.

   Only counts matter, so there are no channels: chunks that are sent and have not arrived are under
   way, and so is a limit that is granted and not yet the producer's.
   README.md tells which code each part stands for.

   A variant is a set of macros, with what is to come of the search of all states:

   variant fits                 passes  W=1 K=4
   variant one_too_many         stalls  W=1 K=5
   variant zip_holds_one        passes  W=1 K=5 QUICK_FIRST=1
   variant zip_holds_no_more    stalls  W=1 K=6 QUICK_FIRST=1
   variant fits_two             passes  W=2 K=6 -O2
   variant one_too_many_two     stalls  W=2 K=7
   variant late_grants          passes  W=2 K=6 N=6 LOW=2
   variant credit_kept_back     stalls  W=2 K=6 N=6 LOW=2 TELL_WAITING=0
   variant nothing_told         stalls  W=1 K=1 LOW=2 TELL_WAITING=0 TELL_EMPTY=0
   variant told_by_waiting      passes  W=1 K=4 LOW=2 TELL_EMPTY=0
   variant widened_by_plan      passes  W=1 K=5 N=6 WIDER=5
   variant widened_enough       passes  W=1 K=7 N=7 WIDER=3
   variant widened_too_little   stalls  W=1 K=7 N=7 WIDER=2
   variant resolved             passes  W=1 K=6 N=7 RESOLVE=1
*/

/* Credit of each edge between fork and zip in chunks. */
#ifndef W
#define W 2
#endif
/* Chunks that `holds` takes for each that it gives, and those of the source. */
#ifndef K
#define K 4
#endif
#ifndef N
#define N (2 * K + 1)
#endif
/* What can be granted anew before it is told: half of the capacity. */
#ifndef LOW
#define LOW ((capacity[e] + 1) / 2)
#endif
/* Whether an empty queue tells at once what can be granted, and a stage that has to wait. */
#ifndef TELL_EMPTY
#define TELL_EMPTY 1
#endif
#ifndef TELL_WAITING
#define TELL_WAITING 1
#endif
/* Whether `zip` takes of the quick way first, and so holds one chunk of it. */
#ifndef QUICK_FIRST
#define QUICK_FIRST 0
#endif
/* Chunks of credit that the plan adds beside the way that holds back. */
#ifndef WIDER
#define WIDER 0
#endif
/* Whether the supervisor resolves stalls. */
#ifndef RESOLVE
#define RESOLVE 0
#endif

#define EDGES 6
#define source_fork 0
#define fork_passes 1
#define fork_holds 2
#define passes_zip 3
#define holds_zip 4
#define zip_sink 5

/* Of each edge. The producer's end: */
byte parked[EDGES], sent[EDGES], limit[EDGES];
bool finished[EDGES], end_sent[EDGES];
/* the reader's: */
byte capacity[EDGES], arrived[EDGES], released[EDGES], granted[EDGES];
bool ended[EDGES];

#define QUEUED(e) (arrived[e] - released[e])
#define EXHAUSTED(e) (ended[e] && QUEUED(e) == 0)
#define BLOCKS(e) (parked[e] > 0)
#define ROOM(e) (parked[e] == 0 && sent[e] < limit[e])
#define MAY_GRANT(e) (released[e] + capacity[e] - granted[e])

inline send_grant(e) { granted[e] = released[e] + capacity[e] }

/* inbound::take */
inline take(e) {
  released[e]++;
  if
  :: !ended[e] && (MAY_GRANT(e) >= LOW || (TELL_EMPTY && QUEUED(e) == 0)) -> send_grant(e)
  :: else
  fi
}

/* stage_shell::tell_credit */
inline tell(ready, e) {
  if
  :: TELL_WAITING && !(ready) && !ended[e] && MAY_GRANT(e) > 0 -> send_grant(e)
  :: else
  fi
}

/* outbound::put; a stage that gives has nothing parked. */
inline put(e) {
  parked[e]++;
  assert(parked[e] == 1)
}

/* What stage_shell::pump sends. */
inline pump(e) {
  if
  :: parked[e] > 0 && sent[e] < limit[e] ->
     parked[e]--;
     sent[e]++;
     assert(sent[e] - released[e] <= capacity[e])
  :: else
  fi;
  end_sent[e] = finished[e] && parked[e] == 0
}

/* What has come from the other end is taken all at once: stage_inbox::take. */
#define GRANT_COMES(e) (limit[e] < granted[e])
inline take_grants(e) { limit[e] = granted[e] }
#define DATA_COMES(e) (arrived[e] < sent[e] || (end_sent[e] && !ended[e]))
inline take_data(e) {
  arrived[e] = sent[e];
  ended[e] = end_sent[e]
}

/* `go`: the reader opens its edge, and only then can anything be sent. The edges at the source and at
   the sink, where nothing can stall, have credit for one chunk: that keeps the search small. */
inline open(e, chunks) {
  capacity[e] = chunks;
  send_grant(e)
}

/* Each shell hears what has come or makes one call, then sends what it may; one that has nothing to
   do tells what it can grant. */

active proctype source() {
  byte given;
  do
  :: atomic {
       if
       :: GRANT_COMES(source_fork) -> take_grants(source_fork)
       :: ROOM(source_fork) && given < N -> given++; put(source_fork)
       :: ROOM(source_fork) && given == N -> finished[source_fork] = true
       fi;
       pump(source_fork);
       if
       :: end_sent[source_fork] -> break
       :: else
       fi
     }
  od
}

#define FORK_READY \
  (!BLOCKS(fork_passes) && !BLOCKS(fork_holds) && (QUEUED(source_fork) > 0 || ended[source_fork]))
active proctype fork() {
  atomic { open(source_fork, 1) }
  do
  :: atomic {
       if
       :: GRANT_COMES(fork_passes) -> take_grants(fork_passes)
       :: GRANT_COMES(fork_holds) -> take_grants(fork_holds)
       :: DATA_COMES(source_fork) -> take_data(source_fork)
       :: FORK_READY && QUEUED(source_fork) > 0 ->
          take(source_fork);
          put(fork_passes);
          put(fork_holds)
       :: FORK_READY && EXHAUSTED(source_fork) && !finished[fork_passes] ->
          finished[fork_passes] = true;
          finished[fork_holds] = true
       fi;
       pump(fork_passes);
       pump(fork_holds);
       if
       :: end_sent[fork_passes] && end_sent[fork_holds] -> break
       :: else
       fi;
       tell(FORK_READY, source_fork)
     }
  od
}

#define PASSES_READY (!BLOCKS(passes_zip) && (QUEUED(fork_passes) > 0 || ended[fork_passes]))
active proctype passes() {
  atomic { open(fork_passes, W) }
  do
  :: atomic {
       if
       :: GRANT_COMES(passes_zip) -> take_grants(passes_zip)
       :: DATA_COMES(fork_passes) -> take_data(fork_passes)
       :: PASSES_READY && QUEUED(fork_passes) > 0 -> take(fork_passes); put(passes_zip)
       :: PASSES_READY && EXHAUSTED(fork_passes) -> finished[passes_zip] = true
       fi;
       pump(passes_zip);
       if
       :: end_sent[passes_zip] -> break
       :: else
       fi;
       tell(PASSES_READY, fork_passes)
     }
  od
}

#define HOLDS_READY (!BLOCKS(holds_zip) && (QUEUED(fork_holds) > 0 || ended[fork_holds]))
active proctype holds() {
  byte held;
  atomic { open(fork_holds, W) }
  do
  :: atomic {
       if
       :: GRANT_COMES(holds_zip) -> take_grants(holds_zip)
       :: DATA_COMES(fork_holds) -> take_data(fork_holds)
       :: HOLDS_READY && QUEUED(fork_holds) > 0 ->
          take(fork_holds);
          held++;
          if
          :: held == K -> held = 0; put(holds_zip)
          :: else
          fi
       :: HOLDS_READY && EXHAUSTED(fork_holds) && !finished[holds_zip] ->
          if
          :: held > 0 -> held = 0; put(holds_zip)
          :: else
          fi;
          finished[holds_zip] = true
       fi;
       pump(holds_zip);
       if
       :: end_sent[holds_zip] -> break
       :: else
       fi;
       tell(HOLDS_READY, fork_holds)
     }
  od
}

/* Takes of the input that it has nothing of, in the order of its inputs, else of one that has not
   ended: zip::next_input. `quick` and `slow`: chunks of each that wait in it for their partners. */
#define WANTS_QUICK (!quick_over && quick == 0)
#define WANTS_SLOW (!slow_over && slow == 0)
#define WANTED                                                            \
  (QUICK_FIRST && WANTS_QUICK -> passes_zip : (WANTS_SLOW -> holds_zip :  \
   (WANTS_QUICK -> passes_zip : (!slow_over -> holds_zip : passes_zip))))
#define ZIP_READY (!BLOCKS(zip_sink) && (QUEUED(wanted) > 0 || ended[wanted]))
active proctype zip() {
  byte quick, slow, left = N, wanted = (QUICK_FIRST -> passes_zip : holds_zip);
  bool quick_over, slow_over;
  atomic { open(passes_zip, W + WIDER); open(holds_zip, W) }
  do
  :: atomic {
       if
       :: GRANT_COMES(zip_sink) -> take_grants(zip_sink)
       :: DATA_COMES(passes_zip) -> take_data(passes_zip)
       :: DATA_COMES(holds_zip) -> take_data(holds_zip)
       :: ZIP_READY && QUEUED(wanted) > 0 ->
          take(wanted);
          if
          :: wanted == passes_zip -> quick = 1
          :: else -> slow = (left < K -> left : K)
          fi;
          if
          :: quick > 0 && slow > 0 -> quick--; slow--; left--; put(zip_sink)
          :: else
          fi
       :: ZIP_READY && EXHAUSTED(wanted) && !finished[zip_sink] ->
          assert(quick == 0 && slow == 0);
          quick_over = quick_over || wanted == passes_zip;
          slow_over = slow_over || wanted == holds_zip;
          finished[zip_sink] = quick_over && slow_over
       fi;
       wanted = WANTED;
       pump(zip_sink);
       if
       :: end_sent[zip_sink] -> break
       :: else
       fi;
       tell(ZIP_READY, passes_zip);
       tell(ZIP_READY, holds_zip)
     }
  od;
  assert(left == 0)
}

active proctype sink() {
  byte got;
  atomic { open(zip_sink, 1) }
  do
  :: atomic {
       if
       :: DATA_COMES(zip_sink) -> take_data(zip_sink)
       :: QUEUED(zip_sink) > 0 -> got++; take(zip_sink)
       :: EXHAUSTED(zip_sink) -> break
       fi;
       tell(QUEUED(zip_sink) > 0, zip_sink)
     }
  od;
  assert(got == N)
}

#if RESOLVE
/* supervisor::look_for_stall: where nothing moves and nothing is under way, the full edge of the
   cycle that has the smallest capacity gets twice as much. */
inline widen(e) {
  capacity[e] = capacity[e] * 2;
  send_grant(e)
}
active proctype supervisor() {
  end: do
  :: atomic { timeout && (BLOCKS(fork_passes) || BLOCKS(passes_zip)) ->
       if
       :: !BLOCKS(passes_zip) || (BLOCKS(fork_passes) &&
          capacity[fork_passes] <= capacity[passes_zip]) -> widen(fork_passes)
       :: else -> widen(passes_zip)
       fi }
  od
}
#endif
