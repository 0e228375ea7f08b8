#pragma once

#include "runtime/base/result.hpp"
#include "runtime/data/chunk.hpp"

namespace weir {

/// Keeps the rejected records that no stage of a graph reads.
///
/// It is called as soon as a call that rejected records has come to its end, and before anything
/// else that the call gave is visible: what was rejected is kept however the run ends. A stage
/// behind an edge could not do that, as an abort discards what is on its way.
///
/// Order:   those of one instance of a stage as it rejected them; several take turns as it comes.
/// Time:    `keep` may wait for a disk, for nobody else.
/// Threads: `keep` from any threads, several at once.
class rejected_keeper {
 public:
  virtual ~rejected_keeper() = default;

  /// `rejected` has the columns of `rejected_columns()`.
  /// Errors: they can't be kept; the run fails with the cause.
  virtual result<void> keep(const chunk& rejected) = 0;

  /// The run begins again, and with it all that it rejects: what was kept is forgotten.
  /// Errors: it can't be; the run ends.
  virtual result<void> begin_again() = 0;
};

}  // namespace weir
