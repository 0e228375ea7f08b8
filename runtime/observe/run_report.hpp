#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/byte_size.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/observe/stall_report.hpp"

namespace weir {

struct stage_ledger;

/// What one stage did, counted from its start. A snapshot of a running stage has the same form.
struct stage_report {
  std::string name;
  std::string type;

  // Records. Per stage: received = passed + filtered + absorbed + rejected + held.
  std::uint64_t received = 0;
  std::uint64_t passed = 0;   ///< sent on, of those received
  std::uint64_t created = 0;  ///< sent, and not of those received
  std::uint64_t filtered = 0;
  std::uint64_t absorbed = 0;
  std::uint64_t rejected = 0;
  std::uint64_t rejected_unread = 0;  ///< of the rejected, those that nobody reads
  std::uint64_t unread = 0;  ///< of the passed and created, those sent to a port nobody reads
  /// Kept back, also by an instance that was lost, or in the hand of a call that did not come to
  /// its end.
  std::uint64_t held = 0;

  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t chunks_in = 0;
  std::uint64_t chunks_out = 0;
  std::uint64_t calls = 0;
  std::uint64_t restarts = 0;
  std::uint64_t retries = 0;  ///< calls made again after a temporary cause

  /// How many took turns at its work: its workers, and those that worked ahead for it.
  unsigned instances = 1;

  // Where its time went, of all instances together. The rest of the run it was ready but not
  // scheduled.
  nanoseconds busy{0};     ///< inside its calls; of short ones in a row, from one's end to the next
  nanoseconds starved{0};  ///< no input, or (a source) nothing to read yet
  nanoseconds blocked{0};  ///< no credit on an output

  byte_size state;  ///< memory it holds beyond its calls, as it tells

  std::uint64_t sent() const { return passed + created; }
  /// Of the time that its instances had, the part in which they did that; 0 to 1.
  double share_of(nanoseconds part, nanoseconds wall) const;
  /// Takes over the records as a ledger counts them.
  void count(const stage_ledger& records);
  /// Adds what another instance of the stage did.
  void add(const stage_report& other);
};

/// What went over one edge, in records: sent = received + dropped + discarded + queued.
struct edge_report {
  std::string from;  ///< `stage.port`
  std::string to;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::uint64_t dropped = 0;    ///< by the reader's `when_full`
  std::uint64_t discarded = 0;  ///< after the reader stopped, or on abort
  std::uint64_t queued = 0;
  std::uint64_t chunks = 0;
  std::uint32_t credit_chunks = 0;  ///< at the end, widened or not

  bool balances() const { return sent == received + dropped + discarded + queued; }
};

/// Why a run failed: the first cause and nothing that followed from it.
struct stage_failure {
  std::string stage;
  std::string call;  ///< `open`, `pull`, `process`, ...
  error cause;
  std::string where;  ///< the input's file and line of the chunk at hand, where known
  /// What led to it, one line each: what the stage's policy did before, who held the memory, or who
  /// waits for whom.
  std::vector<std::string> history = {};
};

/// A stage that was left behind in a call.
struct unfinished_call {
  std::string stage;
  std::string call;  ///< empty: not known which

  bool operator==(const unfinished_call&) const = default;
};

/// An entry in a run's history.
struct run_event {
  enum class kind : std::uint8_t {
    started,
    rejected,    ///< the first of a kind, then a count at most every 10 s
    widened,     ///< an edge was given more credit, to resolve a stall
    restarting,  ///< a stage failed and begins anew, or the run because of it
    retrying,    ///< a call failed for a temporary cause and is tried again
    retried,     ///< what came of that
    cut,         ///< a chunk on which a stage failed twice was cut to find the records
    isolated,    ///< a stage failed and was cut off
    silent,      ///< a source has given nothing for longer than its `timeout`
    told,        ///< a stage tells something: `kept 'slow.ndjson.partial'`
    draining,
    failed,
    aborted,
    ended,
  };
  kind what = kind::started;
  wall_time at{};
  std::string stage;  ///< empty: the run as a whole
  std::string text;   ///< one line for people
};

/// How a run ended.
enum class run_outcome : std::uint8_t {
  running,
  complete,  ///< all input handled, or nobody wanted more
  drained,   ///< ended on request; all that was in flight was handled
  aborted,   ///< ended on request at once
  failed,
};

/// All there is to know of a run, during it and after.
struct run_report {
  std::string pipeline;
  std::string executor;
  unsigned threads = 0;
  run_outcome outcome = run_outcome::running;
  std::optional<stage_failure> failure;
  std::optional<stall_report> stall;    ///< that ended it: the failure's code is `stalled`
  std::vector<stage_failure> isolated;  ///< of stages that were cut off, in order
  std::vector<stage_report> stages;     ///< in the pipeline's order
  std::vector<edge_report> edges;
  std::vector<std::string>
      imbalances;  ///< what does not add up: a bug of ours; empty when all does
  std::vector<unfinished_call> unfinished;  ///< whose call did not return within the budget
  nanoseconds wall{0};
  byte_size memory_peak;  ///< of queues and state, as accounted
  /// How often the whole run began again. What it did before is in no figure but `wall` and
  /// `memory_peak`: all came anew.
  std::uint32_t restarts = 0;
  bool asked_to_end = false;  ///< by a drain or an abort, before it ended

  /// The records that were refused and that nobody reads.
  std::uint64_t rejected_unread() const {
    std::uint64_t sum = 0;
    for (const auto& s : stages) sum += s.rejected_unread;
    return sum;
  }
};

}  // namespace weir
