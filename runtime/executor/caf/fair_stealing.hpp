#pragma once

#include <caf/policy/work_stealing.hpp>

namespace weir {

/// Work stealing in which a worker's actors take turns.
///
/// CAF's own puts an actor that another one has just woken at the head of its worker's queue. Two
/// actors that wake each other in turn, as a source and its sink do, then keep the worker for
/// themselves: whatever else waits in its queue, the supervisor with an abort included, waits for
/// as long as they go on.
class fair_stealing final : public caf::policy::work_stealing {
 public:
  template <class Worker>
  void internal_enqueue(Worker* self, caf::resumable* job) {
    d(self).queue.append(job);
  }
};

}  // namespace weir
