#pragma once

#include <cstdint>

#include "runtime/data/chunk.hpp"
#include "runtime/stage/answer.hpp"
#include "runtime/stage/context.hpp"
#include "runtime/stage/mark.hpp"
#include "runtime/stage/outlet.hpp"

namespace weir {

/// How a whole run ended, as far as a sink has to know.
enum class outcome : std::uint8_t {
  complete,  ///< the whole input was handled
  partial,   ///< drained before the input's end: what came out is true but not all
  failed,    ///< failed or aborted
};

/// One instance of a stage: what its author writes. The three kinds below are its only children.
///
/// A stage knows no actor, edge, configuration syntax or terminal.
///
/// Order:   `open`, then the calls of its kind, then `close`, each once but the calls; `settle` (of
///          sinks) last. An instance whose call failed is closed, and where the stage is restarted
///          another one is opened: of a sink only the last is settled. One whose call failed for a
///          cause that is temporary may get the same call again.
/// Threads: one call at a time, from any thread; what a call wrote the next one sees.
/// Errors:  three kinds of wrong: a bad record is rejected; a stage that can't go on returns an
///          error (an exception is taken for one); a bug of ours violates a WEIR_CHECK.
class stage {
 public:
  virtual ~stage() = default;

  /// Whether calls may wait (in `context::wait` and nowhere else): then the stage has a thread of
  /// its own. Asked once, before `open`.
  virtual bool blocks() const { return false; }

  /// Takes what the stage needs. The context lives until `close` has returned; a stage that needs
  /// it later keeps a pointer.
  virtual result<void> open(context&) { return {}; }

  /// Gives back what `open` took. Called whenever `open` was, even when that did not succeed.
  virtual void close() {}
};

/// The place of what a worker gave among what all workers of the stage give: turns are numbered
/// from 1 without a gap, each is one worker's, and a worker's turns come in rising order.
struct stage_turn {
  std::uint64_t number = 0;  ///< 0: in no turn
  bool ended = false;        ///< nothing more of this turn will follow
};

/// Where records enter.
class source : public stage {
 public:
  /// Emits the next records, about 256 KiB at once. Called only while all outputs have room.
  ///
  /// Time:  never waits longer than 20 ms to fill a chunk once it has a record;
  ///        returns as soon as `stopping()` turns true.
  /// State: when the run is drained it is called once more, `stopping()` being true: it then emits
  ///        what it has taken from its input and can't give back, and nothing else.
  /// Answers: `more`;
  ///        `wait` after it has set a time or handed out a waker;
  ///        `end` at the input's own end, also when stopping:
  ///        only then is the run complete.
  virtual stage_answer pull(outlet& out) = 0;

  /// Of a source whose workers share its input: the turn of all that the last pull gave. A worker
  /// that has begun a turn ends it, also when it is stopping; one that gave nothing has none.
  virtual stage_turn turn() const { return {}; }
};

/// What turns records into records.
class transform : public stage {
 public:
  /// Handles one chunk of an input port. May emit any number of chunks to any port; emitting far
  /// more than it was given should be spread over calls by answering `more`.
  /// Answers: `wait` for the next input; `more` to have `resume` called first; `end`.
  virtual stage_answer process(port_number port, const chunk_ptr& records, outlet& out) = 0;

  /// Goes on after `more` or when the time set by `wake_at` has come or somebody woke it.
  virtual stage_answer resume(outlet&) { return answer::wait; }

  /// Handles a mark. The default passes it on to all outputs.
  virtual stage_answer on_mark(port_number port, mark what, outlet& out);

  /// Called once for each input port at its end; after the last one, and its `resume` calls if it
  /// answered `more`, the stage is at its end.
  virtual stage_answer finish(port_number, outlet&) { return answer::wait; }

  /// Which input port it wants next, where its declaration says `input_order::chosen`.
  virtual port_number next_input() const { return 0; }

 protected:
  /// How many ports of each kind the pipeline gives it, `rejected` not counted; known from `open`
  /// on.
  port_number inputs() const { return inputs_; }
  port_number outputs() const { return outputs_; }

 private:
  friend class stage_access;
  port_number inputs_ = 1;
  port_number outputs_ = 1;
};

/// Where records leave.
class sink : public stage {
 public:
  /// Takes one chunk over. `out` has only the port `rejected`.
  /// Answers: `wait` for the next chunk; `more` to have `resume` called first; `end` when it wants
  ///          no more (nobody reads what it writes).
  virtual stage_answer consume(const chunk_ptr& records, outlet& out) = 0;

  virtual stage_answer resume(outlet&) { return answer::wait; }

  /// Handles a mark; `flush` asks it to pass on what it holds back.
  virtual stage_answer on_mark(mark, outlet&) { return answer::wait; }

  /// Called once after the last chunk: all must be where it belongs when it returns.
  virtual result<void> flush() { return {}; }

  /// Of a sink that says so in its declaration: the last call failed and is to be made again, so
  /// that what it did to the output is undone.
  /// Errors: it can't be undone.
  virtual result<void> roll_back() { return {}; }

  /// Called last, after every stage of the run was closed, whatever happened: a file gets its name
  /// (`complete`), the name with `.partial` (`partial`), or is removed (`failed`).
  virtual result<void> settle(outcome) { return {}; }
};

}  // namespace weir
