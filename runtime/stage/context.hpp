#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "runtime/base/clock.hpp"
#include "runtime/base/random.hpp"
#include "runtime/data/known_columns.hpp"
#include "runtime/stage/column_demand.hpp"
#include "runtime/stage/memory_account.hpp"
#include "runtime/stage/waker.hpp"

namespace weir {

/// What a stage may ask of the run it is part of. Valid from `open` to the end of `close`.
///
/// Threads: the stage's own; `waker()`'s result may go to any thread.
class context {
 public:
  virtual ~context() = default;

  virtual time_point now() const = 0;
  virtual wall_time wall() const = 0;

  /// Has the stage called again (`pull` or `resume`) at `time` at the latest. One time is kept, the
  /// last one asked for; a call clears it.
  virtual void wake_at(time_point time) = 0;
  /// Has the stage called again whenever anybody wakes it.
  virtual class waker waker() = 0;

  enum class direction : std::uint8_t { readable, writable };
  enum class waited : std::uint8_t { ready, timed_out, stopping };
  /// Blocks until the descriptor is ready, the deadline has passed, or the stage must stop.
  /// Requires: the stage's `blocks()`.
  virtual waited wait(int descriptor, direction way, std::optional<time_point> deadline) = 0;

  /// Whether the stage should come to its end: it is drained or stopped, or the run is aborted.
  virtual bool stopping() const = 0;

  /// Requested when the run is aborted or has failed: whatever the call at hand gives will be
  /// discarded, so that one which takes long should return. From any thread.
  virtual const std::stop_token& aborted() const = 0;

  /// Tells the user something about the run, once, when the call has returned: `kept 'x.partial'`.
  virtual void tell(std::string text) = 0;

  virtual memory_account& account() = 0;
  /// The folder for files that end with the run: what does not fit into memory.
  virtual const std::string& temporary_folder() const = 0;
  /// Depends on nothing but the run's seed and the stage's name.
  virtual random_source& random() = 0;
  /// What is wanted of the records on an output port.
  virtual const column_demand& demand(std::uint32_t output_port) const = 0;
  /// What is known of the columns on an input port before any record is seen.
  virtual const known_columns& known(std::uint32_t input_port) const = 0;
};

}  // namespace weir
