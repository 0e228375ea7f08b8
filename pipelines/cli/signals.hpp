#pragma once

#include <csignal>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

#include "pipelines/cli/shutdown.hpp"
#include "runtime/base/clock.hpp"

namespace weir {

/// Says that a violated invariant ends the process with `exit_bug`, and that a write to a pipe that
/// nobody reads, or beyond the largest file that is allowed, is an error like others; and that
/// memory or threads which the system refuses where nobody can be told end the process with
/// `exit_failed`. For the whole process, for good.
void settle_signals();

/// From here on the process ends within seconds, with `exit_failed`, whatever the calls that follow
/// wait for; where that was said before, it stays at the first time.
void leave_soon_anyway();

/// Takes SIGINT, SIGTERM and SIGHUP from the process and gives them to a thread of its own that
/// decides what they do to a run (see `shutdown`). Where one of them was ignored (`nohup`, a job in
/// the background of a script) it stays so.
///
/// Order:   to be made before any other thread is, so that none of them gets the signals.
/// Threads: the constructor and destructor in one thread; the other calls from any thread.
class signal_watch {
 public:
  struct actions {
    std::function<void(bool interrupted)> drain;
    std::function<void()> abort;
    /// The run would not end; must not return.
    std::function<void()> leave;
  };

  /// Errors: throws std::system_error where the system has no descriptor left.
  signal_watch();
  ~signal_watch();
  signal_watch(const signal_watch&) = delete;
  signal_watch& operator=(const signal_watch&) = delete;

  /// Begins to watch. Signals that came since the construction count.
  void start(nanoseconds drain_budget, actions what);
  /// The run fails: it is left behind if it does not end by itself.
  void on_failure();
  /// Ends the watching: no action is called afterwards. A signal that comes then has the process
  /// leave soon, with time to tell how the run ended (`leave_soon_anyway`).
  void stop();
  /// Whether the first signal was SIGINT.
  bool interrupted() const;

 private:
  class watcher;

  sigset_t before_{};
  bool is_stopped_ = false;
  std::unique_ptr<watcher> watcher_;
};

}  // namespace weir
