#include "pipelines/cli/signals.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <exception>
#include <new>
#include <system_error>

#include "pipelines/cli/exit_code.hpp"
#include "runtime/base/check.hpp"

namespace weir {
namespace {

constexpr int watched[] = {SIGINT, SIGTERM, SIGHUP};

extern "C" void end_with_bug(int) {
  constexpr char text[] = "this is a bug in weir, not in the pipeline\n";
  // Nothing can be done about a message that does not get out.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text, sizeof text - 1);
  ::_exit(exit_bug);
}

std::terminate_handler end_with_abort = nullptr;

template <std::size_t Size>
[[noreturn]] void leave_refused(const char (&text)[Size]) {
  // Nothing can be done about a message that does not get out.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text, Size - 1);
  ::_exit(exit_failed);
}

// What the system refuses is no bug of ours, also where nobody could be told of it: in a
// destructor, in a library's thread. There is no memory to tell more with.
[[noreturn]] void end_unhandled() {
  if (const auto unhandled = std::current_exception()) {
    try {
      std::rethrow_exception(unhandled);
    } catch (const std::bad_alloc&) {
      leave_refused("weir: the system gives no more memory\n");
    } catch (const std::system_error& refused) {
      if (refused.code() == std::errc::resource_unavailable_try_again)
        leave_refused("weir: the system gives no more threads\n");
      end_with_abort();
    } catch (...) {
      end_with_abort();
    }
  }
  // What is on its way is known to nobody. It is a refusal: a stage's exceptions are caught where
  // it is called, and CAF starts threads one by one and can't part with those that it has.
  if (std::uncaught_exceptions() > 0)
    leave_refused("weir: the system gives no more memory or threads\n");
  end_with_abort();
  std::abort();
}

extern "C" void leave_at_once(int) { ::_exit(exit_failed); }

// What it calls may be called from a signal handler.
extern "C" void leave_soon(int) {
  constexpr unsigned seconds = 3;
  if (const unsigned left = ::alarm(seconds); left > 0) ::alarm(left);
}

void handle(int number, void (*by)(int)) {
  struct sigaction action {};
  action.sa_handler = by;
  action.sa_flags = SA_RESTART;
  ::sigaction(number, &action, nullptr);
}

bool is_ignored(int number) {
  struct sigaction now {};
  return ::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

// A counter that wakes a `poll`.
class wake_up {
 public:
  wake_up() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  ~wake_up() { ::close(descriptor_); }
  wake_up(const wake_up&) = delete;
  wake_up& operator=(const wake_up&) = delete;

  int descriptor() const { return descriptor_; }
  void wake() { ::eventfd_write(descriptor_, 1); }
  void clear() {
    eventfd_t count = 0;
    ::eventfd_read(descriptor_, &count);
  }

 private:
  int descriptor_;
};

}  // namespace

void settle_signals() {
  struct sigaction action {};
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
  ::sigaction(SIGXFSZ, &action, nullptr);
  action.sa_handler = end_with_bug;
  ::sigaction(SIGABRT, &action, nullptr);
  end_with_abort = std::set_terminate(end_unhandled);
}

void leave_soon_anyway() {
  handle(SIGALRM, leave_at_once);
  leave_soon(SIGALRM);
}

// The thread that owns the signals while a run goes on.
class signal_watch::watcher {
 public:
  explicit watcher(const sigset_t& taken)
      : taken_(taken), signals_(::signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK)) {
    if (signals_ < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
  }
  ~watcher() {
    stop();
    ::close(signals_);
  }

  void start(nanoseconds drain_budget, actions what) {
    shutdown_ = shutdown(drain_budget);
    actions_ = std::move(what);
    thread_ = std::thread([this] { watch(); });
  }

  void stop() {
    stopping_ = true;
    wake_.wake();
    if (thread_.joinable()) thread_.join();
  }

  // What came too late to matter is taken; what comes from now on leaves time to tell of the run.
  void let_go_of_signals() {
    signalfd_siginfo signal{};
    while (::read(signals_, &signal, sizeof signal) == sizeof signal) continue;
    handle(SIGALRM, leave_at_once);
    for (const int number : watched)
      if (::sigismember(&taken_, number) == 1) handle(number, leave_soon);
  }

  void on_failure() {
    failed_ = true;
    wake_.wake();
  }

  bool interrupted() const { return interrupted_; }

 private:
  void watch() {
    while (!stopping_) {
      pollfd ready[] = {{signals_, POLLIN, 0}, {wake_.descriptor(), POLLIN, 0}};
      const int count = ::poll(ready, 2, timeout_ms());
      if (count < 0 && errno != EINTR) WEIR_CHECK(false, "poll of signals");
      wake_.clear();
      if (stopping_) return;
      if (failed_) shutdown_.on_failure(machine_clock().now());
      signalfd_siginfo signal{};
      while (::read(signals_, &signal, sizeof signal) == sizeof signal)
        on_signal(static_cast<int>(signal.ssi_signo));
      act(shutdown_.on_time(machine_clock().now()));
    }
  }

  // Until the deadline, rounded up, so that it has come when `poll` returns; -1: for ever.
  int timeout_ms() const {
    const auto deadline = shutdown_.deadline();
    if (!deadline) return -1;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*deadline - machine_clock().now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, INT_MAX));
  }

  void on_signal(int number) {
    if (!any_signal_) interrupted_ = number == SIGINT;
    any_signal_ = true;
    act(shutdown_.on_signal(number, machine_clock().now()));
  }

  void act(shutdown::step step) {
    switch (step) {
      case shutdown::step::none:
        break;
      case shutdown::step::drain:
        actions_.drain(interrupted_);
        break;
      case shutdown::step::abort:
        actions_.abort();
        break;
      case shutdown::step::leave:
        actions_.leave();
        break;
    }
  }

  sigset_t taken_;
  int signals_;
  wake_up wake_;
  shutdown shutdown_{nanoseconds(0)};
  actions actions_;
  bool any_signal_ = false;
  std::atomic<bool> interrupted_{false};
  std::atomic<bool> failed_{false};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

signal_watch::signal_watch() {
  sigset_t taken;
  ::sigemptyset(&taken);
  for (const int number : watched)
    if (!is_ignored(number)) ::sigaddset(&taken, number);
  ::pthread_sigmask(SIG_BLOCK, &taken, &before_);
  watcher_ = std::make_unique<watcher>(taken);
}

signal_watch::~signal_watch() { stop(); }

void signal_watch::start(nanoseconds drain_budget, actions what) {
  watcher_->start(drain_budget, std::move(what));
}

void signal_watch::on_failure() { watcher_->on_failure(); }

void signal_watch::stop() {
  if (is_stopped_) return;
  is_stopped_ = true;
  watcher_->stop();
  watcher_->let_go_of_signals();
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool signal_watch::interrupted() const { return watcher_->interrupted(); }

}  // namespace weir
