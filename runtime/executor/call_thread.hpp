#pragma once

#include <functional>
#include <memory>
#include <thread>

namespace weir {

/// The thread of a blocking stage: runs one job after the other.
///
/// A job that is still running when this is destroyed goes on in a thread that nobody waits for; so
/// it must own what it touches.
/// Threads: one at a time.
class call_thread {
 public:
  call_thread();
  ~call_thread();
  call_thread(const call_thread&) = delete;
  call_thread& operator=(const call_thread&) = delete;

  /// Runs `job`, then `returned`. When `returned` is called the thread has let go of the job and of
  /// all it owns, and may be given the next one.
  /// Requires: the last job has returned.
  void run(std::function<void()> job, std::function<void()> returned);

 private:
  struct shared;
  static void work(const std::shared_ptr<shared>& with);

  std::shared_ptr<shared> shared_;
  std::thread thread_;
};

}  // namespace weir
