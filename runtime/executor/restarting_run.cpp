#include "runtime/executor/restarting_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "runtime/base/duration.hpp"
#include "runtime/base/random.hpp"
#include "runtime/supervision/restart_policy.hpp"

namespace weir {
namespace {

// The events of all tries, as those of one run.
//
// Threads: one at a time, as of `run_options::on_event`.
class joined_events {
 public:
  explicit joined_events(std::function<void(const run_event&)> to) : to_(std::move(to)) {}

  void tell(const run_event& event) {
    switch (event.what) {
      case run_event::kind::started:
        last_.clear();
        if (std::exchange(started_, true)) return;
        break;
      // Whether they are those of the run is known when no other try has begun.
      case run_event::kind::failed:
      case run_event::kind::ended:
        last_.push_back(event);
        return;
      default:
        break;
    }
    if (to_) to_(event);
  }
  // The try was the last.
  void tell_end() {
    for (const auto& event : std::exchange(last_, {}))
      if (to_) to_(event);
  }
  void tell_restart(const std::string& stage, std::string text) {
    run_event event = last_.front();
    event.what = run_event::kind::restarting;
    event.stage = stage;
    event.text = std::move(text);
    if (to_) to_(event);
  }

 private:
  std::function<void(const run_event&)> to_;
  std::vector<run_event> last_;
  bool started_ = false;
};

class restarting_run final : public run {
 public:
  restarting_run(graph what, run_options options, const clock& waits_by, start_attempt start)
      : what_(std::move(what)),
        options_(std::move(options)),
        waits_by_(waits_by),
        start_(std::move(start)),
        random_(options_.seed),
        events_(std::exchange(options_.on_event, nullptr)) {
    options_.on_event = [this](const run_event& event) { events_.tell(event); };
    figures_.restarts_of_stage.resize(what_.stages.size());
    current_ = start_(what_, options_, {});
    leader_ = std::thread([this] { lead(); });
  }
  ~restarting_run() override {
    abort();
    leader_.join();
  }

  void drain() override { end_by(wish::drain); }
  void abort() override { end_by(wish::abort); }

  std::optional<run_report> wait(std::optional<time_point> deadline) override {
    std::unique_lock held(lock_);
    const auto over = [this] { return ended_.has_value(); };
    if (!deadline)
      changed_.wait(held, over);
    else if (!changed_.wait_for(held, std::min(longest_wait, *deadline - waits_by_.now()), over))
      return std::nullopt;
    return ended_;
  }

  run_report snapshot() override {
    const std::lock_guard held(lock_);
    return ended_ ? *ended_ : joined(current_ ? current_->snapshot() : run_report());
  }

 private:
  // What the tries before the one at hand come to.
  struct earlier {
    std::uint32_t restarts = 0;
    std::vector<std::uint64_t> restarts_of_stage;
    std::vector<std::string> imbalances;
    nanoseconds wall{0};
    byte_size memory_peak;
  };

  enum class wish : std::uint8_t { none, drain, abort };

  void end_by(wish how) {
    const std::lock_guard held(lock_);
    asked_ = std::max(asked_, how);
    pass_on(how);
  }
  void pass_on(wish how) {
    if (!current_) return;
    if (how == wish::drain) current_->drain();
    if (how == wish::abort) current_->abort();
  }

  // In the thread of its own. Events are told without the lock: who hears them may ask for an end.
  void lead() {
    run* at_hand = current_.get();
    for (;;) {
      run_report report = at_hand->wait().value();
      const auto next = next_try(report);
      if (!next) return end(std::move(report));
      if (const auto why = begin(*next)) {
        report.failure->history.push_back("it could not begin again: " + *why);
        return end(std::move(report));
      }
      at_hand = current_.get();
    }
  }

  // Why it could not; none: it has begun.
  std::optional<std::string> begin(const run_attempt& next) {
    const std::lock_guard held(lock_);
    if (what_.keeper)
      if (const auto forgotten = what_.keeper->begin_again(); !forgotten)
        return forgotten.error().text;
    // It holds what the next opens until it is gone.
    current_.reset();
    try {
      current_ = start_(what_, options_, next);
    } catch (const std::system_error& none) {
      return none.what();
    }
    // What was asked for meanwhile was asked of the one before.
    pass_on(asked_);
    return std::nullopt;
  }

  // Whether another try follows, which is then told; else the report has all that led to it.
  std::optional<run_attempt> next_try(run_report& report) {
    const auto stage = restarted_by(report);
    if (!stage) return std::nullopt;
    const auto wait = wait_before_next(report, *stage);
    if (!wait) return std::nullopt;
    const std::lock_guard held(lock_);
    keep_figures(report, *stage);
    return run_attempt{*wait, report.failure};
  }

  // The stage that failed and has the run begin again.
  std::optional<std::size_t> restarted_by(const run_report& report) {
    if (!report.failure || report.asked_to_end || !report.unfinished.empty()) return std::nullopt;
    {
      const std::lock_guard held(lock_);
      if (asked_ != wish::none) return std::nullopt;
    }
    const stage_failure& failure = *report.failure;
    const bool on_records = !failure.call.empty() && failure.call != "open" &&
                            failure.call != "close" && failure.call != "settle";
    const auto is_of = [&](const graph_stage& stage) { return stage.name == failure.stage; };
    const auto stage = std::find_if(what_.stages.begin(), what_.stages.end(), is_of);
    if (!on_records || stage == what_.stages.end() || !restarts_run(stage->on_failure))
      return std::nullopt;
    return static_cast<std::size_t>(stage - what_.stages.begin());
  }

  // By the stage's policy; none: it failed too often.
  std::optional<nanoseconds> wait_before_next(run_report& report, std::size_t number) {
    const restart_limits& limits = what_.stages[number].on_failure.restart;
    stage_failure& failure = *report.failure;
    // The time of the tries, which need not be that of any clock here.
    const time_point now(figures_.wall + report.wall);
    auto& history = histories_.try_emplace(number, limits).first->second;
    const auto wait =
        history.failed({now, failure.call, failure.cause, failure.where, {}}, random_.fraction());
    if (!wait) {
      const past_failure first = history.recent().front();
      failure = {failure.stage, first.call, first.cause, first.where, history.told()};
      return std::nullopt;
    }
    events_.tell_restart(
        failure.stage,
        fmt::format("'{}' failed: {}{}; the run begins again in {}, restart {} of at most {} in {}",
                    failure.call, failure.cause.text,
                    failure.where.empty() ? "" : ", at " + failure.where, wait_text(*wait),
                    history.recent().size(), limits.most, to_text(limits.within)));
    return wait;
  }

  void keep_figures(const run_report& report, std::size_t failed) {
    ++figures_.restarts;
    ++figures_.restarts_of_stage[failed];
    figures_.wall += report.wall;
    figures_.memory_peak.bytes = std::max(figures_.memory_peak.bytes, report.memory_peak.bytes);
    for (const auto& imbalance : report.imbalances)
      figures_.imbalances.push_back(fmt::format("try {}: {}", figures_.restarts, imbalance));
  }

  run_report joined(run_report last) const {
    last.restarts = figures_.restarts;
    for (std::size_t at = 0; at < last.stages.size(); ++at)
      last.stages[at].restarts += figures_.restarts_of_stage[at];
    last.imbalances.insert(last.imbalances.begin(), figures_.imbalances.begin(),
                           figures_.imbalances.end());
    last.wall += figures_.wall;
    last.memory_peak.bytes = std::max(last.memory_peak.bytes, figures_.memory_peak.bytes);
    return last;
  }

  void end(run_report report) {
    events_.tell_end();
    {
      const std::lock_guard held(lock_);
      ended_ = joined(std::move(report));
    }
    changed_.notify_all();
  }

  const graph what_;
  run_options options_;
  const clock& waits_by_;
  start_attempt start_;
  random_source random_;
  joined_events events_;
  std::map<std::size_t, restart_history> histories_;  // by stage

  std::mutex lock_;
  std::condition_variable changed_;
  std::unique_ptr<run> current_;  // none where the last try could not be started
  earlier figures_;
  wish asked_ = wish::none;
  std::optional<run_report> ended_;
  std::thread leader_;
};

}  // namespace

std::unique_ptr<run> start_restarting(graph what, run_options options, const clock& waits_by,
                                      start_attempt start) {
  const auto restarts = [](const graph_stage& stage) { return restarts_run(stage.on_failure); };
  if (std::none_of(what.stages.begin(), what.stages.end(), restarts))
    return start(std::move(what), std::move(options), {});
  return std::make_unique<restarting_run>(std::move(what), std::move(options), waits_by,
                                          std::move(start));
}

}  // namespace weir
