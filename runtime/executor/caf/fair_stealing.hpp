#pragma once

#include <algorithm>
#include <caf/policy/work_stealing.hpp>
#include <caf/scheduler/worker.hpp>
#include <chrono>
#include <mutex>

namespace weir {

/// Work stealing in which a worker's actors take turns, and an idle worker mostly sleeps.
///
/// CAF's own puts an actor that another one has just woken at the head of its worker's queue. Two
/// actors that wake each other in turn, as a source and its sink do, then keep the worker for
/// themselves: whatever else waits in its queue, the supervisor with an abort included, waits for
/// as long as they go on.
///
/// Its idle workers wake up every 50 us, to steal every fifth time only: where one stage does
/// nearly all the work, that took a fifth of the processor time, and from the worker that had the
/// work.
class fair_stealing final : public caf::policy::work_stealing {
 public:
  template <class Worker>
  void internal_enqueue(Worker* self, caf::resumable* job) {
    d(self).queue.append(job);
  }

  /// Waits for a job. One from outside the scheduler ends a nap at once; one to be stolen is found
  /// when it is over.
  template <class Worker>
  caf::resumable* dequeue(Worker* self) {
    auto& mine = d(self);
    for (unsigned look = 0; look < looks; ++look) {
      if (auto* job = mine.queue.take_head()) return job;
      if (look % looks_a_raid != 0) continue;
      if (auto* job = try_steal(self)) return job;
    }
    std::chrono::microseconds idle{0};
    for (;;) {
      const auto nap = std::clamp(idle / naps_of_an_idleness, shortest_nap, longest_nap);
      {
        std::unique_lock guard(mine.waitdata.lock);
        mine.waitdata.sleeping = true;
        mine.waitdata.cv.wait_for(guard, nap, [&] { return !mine.queue.empty(); });
        mine.waitdata.sleeping = false;
      }
      idle += nap;
      if (auto* job = mine.queue.take_head()) return job;
      if (auto* job = try_steal(self)) return job;
    }
  }

 private:
  static constexpr unsigned looks = 100;
  static constexpr unsigned looks_a_raid = 10;
  // A nap is about as long as a stage works on a chunk, then a part of the time without a job: a
  // thread that has had none for long costs little to have and loses little by one more nap.
  static constexpr std::chrono::microseconds shortest_nap{200};
  static constexpr std::chrono::microseconds longest_nap{10'000};
  static constexpr int naps_of_an_idleness = 4;
};

}  // namespace weir

// CAF's own loop also finds out the number of each actor that it runs, for its log, which Debian's
// build does not have: two dynamic casts and a table of threads, a fifth of what a turn costs.
template <>
inline void caf::scheduler::worker<weir::fair_stealing>::run() {
  for (;;) {
    job_ptr job = policy_.dequeue(this);
    switch (job->resume(this, max_throughput_)) {
      case resumable::resume_later:
        policy_.resume_job_later(this, job);
        break;
      case resumable::done:
      case resumable::awaiting_message:
        intrusive_ptr_release(job);
        break;
      case resumable::shutdown_execution_unit:
        policy_.before_shutdown(this);
        return;
    }
  }
}
