/* How a run ends: `stop` of a reader, the `end` of a producer and the supervisor's `abort` cross
   each other. A chain of shells, one process each: source 0, transforms, sink EDGES; edge e joins
   shells e and e + 1. A chunk is one record.

   Stages may do what they like: in each call the source gives some chunks, ends or goes quiet,
   shell TAKER wants no more, any of them fails. The user aborts at any time; but whether he does is
   chosen first, for an abort that may still come would hide a wait for ever. Only a source that has
   gone quiet while nobody has stopped waits rightly: then the user aborts.

   README.md tells which code each part stands for.

   A variant is a set of macros, with what is to come of the search of all states: it passes, stalls
   (somebody waits for ever), or breaks an assertion that has this text.

   variant one_edge             passes  N=3
   variant more_credit          passes  N=3 W=2
   variant two_edges            passes  EDGES=2 N=2 FAILURES=0
   variant two_edges_failing    passes  EDGES=2 N=1
   variant head                 passes  EDGES=2 N=1 TAKER=1 FAILURES=0
   variant stop_without_answer  stalls  STOP_ANSWERED=0
   variant second_answer        breaks:value==arrived  END_ONCE=0
   variant end_awaits_credit    stalls  END_FREE=0
   variant end_overtakes        breaks:discarded_above  END_LAST=0
   variant abort_in_line        stalls  ABORT_OVERTAKES=0
   variant part_for_whole       breaks:cut  CUT_TOLD=0
   variant credit_on_receipt    breaks:sent[me]-released[me]  GRANT_LATE=0
   variant discard_uncounted    breaks:discarded_above  DISCARDS_COUNTED=0
   variant stray_message        passes  STRAY=1 N=1
   variant no_epoch_check       breaks:value==  STRAY=1 N=2 EPOCHS=0
   variant late_and_twice       passes  LOOSE=1 N=1
   variant bind_apart           stalls  LOOSE=1 N=1 BIND_WITH_LIMIT=0
*/

#ifndef EDGES
#define EDGES 1
#endif
/* Credit of each edge in chunks, the most that the source gives, and the most in one call. */
#ifndef W
#define W 1
#endif
#ifndef N
#define N 3
#endif
#ifndef GIVES
#define GIVES 2
#endif
/* The shell that may end before its input does: a sink, or a transform as `head`. */
#ifndef TAKER
#define TAKER EDGES
#endif
/* Whether calls may fail. */
#ifndef FAILURES
#define FAILURES 1
#endif
/* The rules of the code; 0 breaks one. */
#ifndef STOP_ANSWERED
#define STOP_ANSWERED 1   /* a producer answers `stop` with `end` */
#endif
#ifndef END_ONCE
#define END_ONCE 1        /* it does so only if it has not ended */
#endif
#ifndef END_FREE
#define END_FREE 1        /* an end needs no credit */
#endif
#ifndef END_LAST
#define END_LAST 1        /* an end waits for what is parked */
#endif
#ifndef ABORT_OVERTAKES
#define ABORT_OVERTAKES 1 /* an abort discards what is parked */
#endif
#ifndef CUT_TOLD
#define CUT_TOLD 1        /* an end says whether its producer was aborted */
#endif
#ifndef GRANT_LATE
#define GRANT_LATE 1      /* credit goes back when a chunk leaves the queue, not when it arrives */
#endif
#ifndef DISCARDS_COUNTED
#define DISCARDS_COUNTED 1 /* what is sent to a reader that has stopped is counted */
#endif
#ifndef EPOCHS
#define EPOCHS 1          /* a message of another opening of the edge changes nothing */
#endif
/* Whether there is such a message, once, on any lane. */
#ifndef STRAY
#define STRAY 0
#endif
/* Whether messages upstream come late, in any order, and more than once. */
#ifndef LOOSE
#define LOOSE 0
#endif
/* start.pml: whether the run is opened first, and the rules of that. */
#ifndef OPENING
#define OPENING 0
#endif
#ifndef PHASES
#define PHASES 1          /* no shell goes before all have said that they are open */
#endif
#ifndef SINKS_FIRST
#define SINKS_FIRST 1     /* `go` is sent to the readers before their producers */
#endif
#ifndef BIND
#define BIND 1            /* a producer has no credit before its reader opens the edge */
#endif
#ifndef BIND_WITH_LIMIT
#define BIND_WITH_LIMIT 1 /* the reader binds and grants by one message */
#endif
#ifndef EARLY_KEPT
#define EARLY_KEPT 1      /* a stage that is done while others open counts as done */
#endif

#define SHELLS (EDGES + 1)

mtype = { open_edge, grant, stop, data, end_edge }; /* between shells */
mtype = { open_stage, go, drain, abort, close };    /* to a shell */
mtype = { opened, failed, done };                   /* to the supervisor */
mtype = { opens, pulls, processes, finishes, flushes }; /* calls of a stage */

/* Whether it belongs to this opening of the edge; what; a limit or a sequence number; cut off. */
chan up[EDGES] = [W + 5] of { bool, mtype, byte, bool };
chan down[EDGES] = [N + 3] of { bool, mtype, byte, bool };
chan command[SHELLS] = [7] of { mtype };
chan report = [3 * SHELLS + 1] of { mtype, byte };

/* outbound, by edge. In `emitted`: all that the stage gave, also what was discarded then. */
byte parked[SHELLS], sent[SHELLS], limit[SHELLS], emitted[SHELLS], discarded_above[SHELLS];
bool bound[SHELLS], stop_heard[SHELLS], finished[SHELLS], end_sent[SHELLS], cut[SHELLS];
byte ends[SHELLS];
/* inbound, by edge. */
byte arrived[SHELLS], queued[SHELLS], released[SHELLS], granted[SHELLS];
byte received[SHELLS], discarded_below[SHELLS];
bool stopped[SHELLS], ended[SHELLS];
byte in_hand[SHELLS]; /* by shell: of calls that failed or were aborted */

bool user_aborts, user_drains;
byte open_shells;
bool quiet;     /* the source waits for something outside */
bool disturbed; /* somebody has stopped, drained or aborted */

#define IN (me - 1)
#define OUT me
#define HAS_IN (me > 0)
#define HAS_OUT (me < EDGES)
#define IS_SINK (me == EDGES)

#define MAY_SEND(e) (sent[e] < limit[e])
#define ROOM(e) (stop_heard[e] || (parked[e] == 0 && MAY_SEND(e)))
#define LIMIT(e) ((GRANT_LATE -> released[e] : arrived[e]) + W)

inline send_up(what, value) {
  assert(nfull(up[IN]));
  up[IN] ! true, what, value, false
}

inline send_down(what, value, is_cut) {
  assert(nfull(down[OUT]));
  down[OUT] ! true, what, value, is_cut
}

/* receiver_credit::release and inbound::take */
inline take() {
  queued[IN]--;
  received[IN]++;
  released[IN]++;
  if
  :: !ended[IN] && LIMIT(IN) > granted[IN] &&
     ((LIMIT(IN) - granted[IN]) * 2 >= W || queued[IN] == 0) ->
     granted[IN] = LIMIT(IN);
     send_up(grant, granted[IN])
  :: else
  fi
}

/* inbound::stop */
inline discard_input() {
  stopped[IN] = true;
  released[IN] = released[IN] + queued[IN];
  discarded_below[IN] = discarded_below[IN] + queued[IN];
  queued[IN] = 0
}

/* stage_shell::stop_inputs */
inline stop_inputs() {
  if
  :: HAS_IN && !stopped[IN] ->
     discard_input();
     if
     :: !ended[IN] -> send_up(stop, 0)
     :: else
     fi
  :: else
  fi
}

/* outbound::put */
inline put() {
  emitted[OUT]++;
  if
  :: stop_heard[OUT] || finished[OUT] ->
     if
     :: DISCARDS_COUNTED -> discarded_above[OUT]++
     :: else
     fi
  :: else -> parked[OUT]++
  fi
}

/* outbound::stop */
inline discard_output() {
  stop_heard[OUT] = true;
  discarded_above[OUT] = discarded_above[OUT] + parked[OUT];
  parked[OUT] = 0
}

/* stage_shell::end_work; the sink's last call is to flush. */
inline end_work() {
  if
  :: IS_SINK && call != flushes && !aborted && !has_failed ->
     stop_inputs();
     input_over = true
  :: else ->
     work_over = true;
     stop_inputs();
     if
     :: HAS_OUT -> finished[OUT] = true
     :: else
     fi
  fi
}

/* stage_shell::abort_all */
inline abort_all() {
  if
  :: !aborted ->
     aborted = true;
     work_over = true;
     stopping = true;
     if
     :: HAS_IN -> discard_input()
     :: else
     fi;
     if
     :: HAS_OUT && !end_sent[OUT] && ABORT_OVERTAKES -> discard_output()
     :: HAS_OUT && !end_sent[OUT] && !ABORT_OVERTAKES -> finished[OUT] = true
     :: else
     fi
  :: else
  fi
}

/* stage_shell::keeps_waiting and choose */
#define PULL_DUE (!waits || draining)
#define OUTPUT_WAITS (HAS_OUT && (HAS_IN -> parked[OUT] > 0 : PULL_DUE && !ROOM(OUT)))
#define INPUT_READY (input_over -> IS_SINK : queued[IN] > 0 || ended[IN])
#define READY                                                               \
  (running && !calling && !work_over && !has_failed && !OUTPUT_WAITS &&     \
   (HAS_IN -> INPUT_READY : PULL_DUE))
#define ENDS_OUTPUT                                                         \
  (!end_sent[OUT] && (finished[OUT] || (stop_heard[OUT] && (STOP_ANSWERED || aborted))) && \
   (parked[OUT] == 0 || !END_LAST) && (END_FREE || MAY_SEND(OUT)))

/* stage_shell::pump */
inline pump() {
  if
  :: HAS_OUT ->
     do
     :: parked[OUT] > 0 && MAY_SEND(OUT) ->
        parked[OUT]--;
        sent[OUT]++;
        assert(sent[OUT] - released[OUT] <= W);
        send_down(data, sent[OUT], false)
     :: else -> break
     od;
     if
     :: ENDS_OUTPUT ->
        parked[OUT] = 0;
        end_sent[OUT] = true;
        cut[OUT] = aborted;
        ends[OUT]++;
        send_down(end_edge, sent[OUT], aborted && CUT_TOLD)
     :: else
     fi
  :: else
  fi;
  /* tell_credit */
  if
  :: HAS_IN && running && !work_over && !calling && !READY && !stopped[IN] && !ended[IN] &&
     LIMIT(IN) > granted[IN] ->
     granted[IN] = LIMIT(IN);
     send_up(grant, granted[IN])
  :: else
  fi;
  if
  :: work_over && !calling && !done_told && (!HAS_OUT || end_sent[OUT]) && (!HAS_IN || ended[IN]) ->
     done_told = true;
     report ! done, me
  :: else
  fi
}

/* stage_shell::apply(upstream_message) and on_stopped */
inline hear_from_reader() {
  if
  :: !of_this && EPOCHS
  :: else ->
     if
     :: what == open_edge ->
        bound[OUT] = true;
        if
        :: value > limit[OUT] -> limit[OUT] = value
        :: else
        fi
     :: what == grant ->
        if
        :: (bound[OUT] || BIND_WITH_LIMIT) && value > limit[OUT] -> limit[OUT] = value
        :: else
        fi
     :: what == stop ->
        discard_output();
        if
        :: !END_ONCE && end_sent[OUT] ->
           ends[OUT]++;
           send_down(end_edge, sent[OUT], false)
        :: else
        fi;
        if
        :: !end_sent[OUT] && !work_over && STOP_ANSWERED ->
           stopping = true;
           if
           :: !calling -> end_work()
           :: else
           fi
        :: else
        fi
     fi
  fi
}

/* stage_shell::apply(downstream_message) and deliver */
inline hear_from_producer() {
  if
  :: !of_this && EPOCHS
  :: of_this || !EPOCHS ->
     if
     :: what == data ->
        assert(running || !OPENING); /* a reader that is there */
        assert(!ended[IN] && value == arrived[IN] + 1);
        arrived[IN]++;
        if
        :: stopped[IN] -> discarded_below[IN]++; released[IN]++
        :: else -> queued[IN]++
        fi
     :: what == end_edge ->
        assert(!ended[IN] && value == arrived[IN]);
        ended[IN] = true;
        if
        :: is_cut -> abort_all()
        :: else
        fi
     fi
  fi
}

inline hear_supervisor() {
  if
  :: what == open_stage ->
     calling = true;
     call = opens
  :: what == go ->
     running = true;
     if
     :: HAS_IN && BIND_WITH_LIMIT ->
        granted[IN] = W;
        send_up(open_edge, W)
     :: HAS_IN && !BIND_WITH_LIMIT ->
        granted[IN] = W;
        send_up(open_edge, 0);
        send_up(grant, W)
     :: else
     fi
  :: what == drain ->
     if
     :: HAS_IN || work_over
     :: else ->
        draining = true;
        stopping = true;
        if
        :: !running -> end_work()
        :: else
        fi
     fi
  :: what == abort -> abort_all()
  :: what == close -> closed = true
  fi
}

/* stage_shell::step and start */
inline begin_call() {
  calling = true;
  waits = false;
  last_pull = draining;
  if
  :: !HAS_IN -> call = pulls; quiet = false
  :: HAS_IN && input_over -> call = flushes
  :: HAS_IN && !input_over && queued[IN] > 0 -> call = processes; take()
  :: HAS_IN && !input_over && queued[IN] == 0 ->
     call = finishes;
     assert(!cut[IN]) /* nobody takes a part for the whole */
  fi;
  assert(open_shells == SHELLS) /* no record before all stages are open */
}

/* stage_shell::returned: the call may have taken any time, in which the shell heard others. */
inline call_returns() {
  calling = false;
  is_end = false;
  is_failure = false;
  if
  :: true
  :: FAILURES -> is_failure = true
  fi;
  if
  :: call == opens ->
     if
     :: is_failure && !aborted -> has_failed = true; report ! failed, me
     :: is_failure && aborted
     :: else -> open_shells++; report ! opened, me
     fi
  :: call != opens && (aborted || is_failure) ->
     if
     :: call == processes -> in_hand[me]++
     :: else
     fi;
     if
     :: !aborted -> has_failed = true; report ! failed, me
     :: else
     fi
  :: else -> follow()
  fi;
  call = opens
}

/* What the call gave and answered. */
inline follow() {
  if
  :: call == pulls ->
     select(gives : 0 .. (N - emitted[OUT] < GIVES -> N - emitted[OUT] : GIVES));
     if
     :: is_end = true
     :: gives == 0 -> waits = true; quiet = true
     :: gives > 0
     fi;
     do
     :: gives > 0 -> gives--; put()
     :: else -> break
     od
  :: call == processes ->
     if
     :: HAS_OUT -> put()
     :: else
     fi;
     if
     :: me == TAKER -> is_end = true; disturbed = true
     :: true
     fi
  :: call == finishes -> input_over = true
  :: call == flushes -> is_end = true
  fi;
  if
  :: is_end || (stopping && (last_pull || (HAS_OUT && stop_heard[OUT] && STOP_ANSWERED))) ->
     end_work()
  :: HAS_IN && HAS_OUT && input_over -> end_work()
  :: else
  fi
}

proctype shell(byte me) {
  byte value, gives;
  mtype what, call = opens;
  bool of_this, is_cut, is_end, is_failure;
  bool running, calling, waits, stopping, draining, last_pull, input_over, work_over;
  bool has_failed, aborted, done_told, closed;
  do
  :: atomic {
       if
       :: HAS_OUT && len(up[OUT]) > 0 ->
          up[OUT] ? of_this, what, value, is_cut;
          hear_from_reader()
#if LOOSE
       :: HAS_OUT && len(up[OUT]) > 0 ->
          up[OUT] ? of_this, what, value, is_cut;
          up[OUT] ! of_this, what, value, is_cut;
          if
          :: hear_from_reader()
          :: true
          fi
#endif
       :: HAS_IN && len(down[IN]) > 0 ->
          down[IN] ? of_this, what, value, is_cut;
          hear_from_producer()
       :: command[me] ? what -> hear_supervisor()
       :: READY -> begin_call()
       :: calling -> call_returns()
       fi;
       pump();
       if
       :: closed -> break
       :: else
       fi
     }
  od
}

/* Commands leave one by one: what the first of them does may come before the last is sent. */
inline command_all(what) {
  for (at : 0 .. EDGES) {
    command[at] ! what
  }
}

inline enter_running() {
  is_running = true;
  if
  :: PHASES ->
     for (at : 0 .. EDGES) {
       command[(SINKS_FIRST -> EDGES - at : at)] ! go
     }
  :: else
  fi;
  if
  :: drained -> command_all(drain)
  :: else
  fi
}

inline abort_run() {
  if
  :: !aborting ->
     aborting = true;
     disturbed = true;
     is_running = true;
     command_all(abort)
  :: else
  fi
}

/* supervisor::check_balance, and what simulation looks at besides: violated_invariant. */
inline balance(e) {
  assert(ends[e] == 1 && ended[e]);
  assert(arrived[e] == sent[e]);
  assert(parked[e] == 0 && queued[e] == 0);
  assert(emitted[e] == sent[e] + discarded_above[e]);
  assert(arrived[e] == received[e] + discarded_below[e]);
  assert(disturbed || received[e] == emitted[0]);
  assert(e == 0 || emitted[e] + in_hand[e] == received[e - 1])
}

proctype supervisor() {
  mtype what;
  byte who, at, opening_left = SHELLS, working_left = SHELLS;
  bool is_running = !OPENING, aborting, drained;
  do
  :: report ? what, who ->
     if
     :: what == opened && !PHASES && !aborting -> command[who] ! go
     :: else
     fi;
     if
     :: what == opened && !is_running ->
        opening_left--;
        if
        :: opening_left == 0 -> enter_running()
        :: else
        fi
     :: what == failed -> abort_run()
     :: what == done && (is_running || EARLY_KEPT) -> working_left--
     :: else
     fi
  :: is_running && working_left == 0 -> break
  :: user_aborts && !aborting && !(is_running && working_left == 0) -> abort_run()
  :: timeout && quiet && !aborting && !(stopped[0] || stopped[EDGES - 1]) -> abort_run()
  :: user_drains && !drained && !aborting && !(is_running && working_left == 0) ->
     drained = true;
     disturbed = true;
     command_all(drain)
  od;
  atomic {
    for (at : 0 .. EDGES - 1) {
      balance(at)
    }
  };
  command_all(close)
}

#if STRAY
proctype stray() {
  byte e, value;
  select(e : 0 .. EDGES - 1);
  select(value : 0 .. N);
  if
  :: up[e] ! false, grant, value, false
  :: up[e] ! false, stop, 0, false
  :: down[e] ! false, data, value, false
  :: down[e] ! false, end_edge, value, false
  fi
}
#endif

init {
  byte at;
  atomic {
    if
    :: true
    :: user_aborts = true
    fi;
    if
    :: true
    :: OPENING -> user_drains = true
    fi;
    for (at : 0 .. EDGES) {
      bound[at] = !BIND;
      limit[at] = (BIND -> 0 : W);
      if
      :: OPENING -> command[at] ! open_stage
      :: else -> command[at] ! go
      fi;
      run shell(at)
    }
    open_shells = (OPENING -> 0 : SHELLS);
    run supervisor();
#if STRAY
    run stray()
#endif
  }
}
