#include "tests/support/random_recovery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "runtime/base/random.hpp"
#include "runtime/executor/simulated_executor.hpp"
#include "tests/support/faulty_run.hpp"
#include "tests/support/random_stages.hpp"

namespace weir::testing {
namespace {

using numbers = std::vector<std::int64_t>;

constexpr std::uint64_t steps_most = 50'000;

enum class fault : std::uint8_t { once, on_record, from_then_on, at_open };
enum class policy : std::uint8_t { fail, retry, restart, skip, isolate };

// All that a seed decides.
struct recovery_case {
  std::uint64_t seed = 0;
  std::uint32_t count = 0;
  std::uint32_t chunk = 1;
  bool is_sink = false;  // that undoes a write; else a transform
  lodging how = lodging::apart;
  policy by = policy::restart;
  bool is_simulated = true;
  std::uint32_t most = 1;
  fault what = fault::once;
  std::uint32_t call = 0;   // the first on records that fails
  std::int64_t record = 0;  // that no call goes well on
  std::uint32_t opens = 0;  // of new instances that fail
  unsigned threads = 1;

  std::uint32_t chunks() const { return (count + chunk - 1) / chunk; }
  // The records of a chunk.
  numbers of_chunk(std::uint32_t number) const {
    numbers all;
    for (auto n = number * chunk; n < std::min(count, (number + 1) * chunk); ++n) all.push_back(n);
    return all;
  }
};

recovery_case choose(std::uint64_t seed, bool is_simulated) {
  random_source random(~seed);
  recovery_case made{.seed = seed, .is_simulated = is_simulated};
  made.count = 1 + random.below(120);
  made.chunk = 1 + random.below(12);
  made.is_sink = random.below(3) == 0;
  made.how = random.below(2) == 0 ? lodging::apart : lodging::fused;
  made.by = static_cast<policy>(random.below(5));
  made.most = 1 + random.below(4);
  made.what = static_cast<fault>(random.below(4));
  made.call = random.below(made.chunks());
  made.record = random.below(made.count);
  made.opens = 1 + random.below(6);
  made.threads = 1 + random.below(3);
  return made;
}

std::string sort_of(const recovery_case& of) {
  constexpr const char* faults[] = {"once", "on one record", "from then on", "at open"};
  constexpr const char* policies[] = {"fail", "retry", "restart", "skip", "isolate"};
  return fmt::format("{:<9} that fails {:<13}; {}", of.is_sink ? "sink" : "transform",
                     faults[static_cast<std::size_t>(of.what)],
                     policies[static_cast<std::size_t>(of.by)]);
}

std::string text_of(const recovery_case& of) {
  return fmt::format("{} records by {}, a {}{}, at most {}; at call {} or record {}, {} opens",
                     of.count, of.chunk, of.how == lodging::fused ? "fused " : "", sort_of(of),
                     of.most, of.call, of.record, of.opens);
}

failure_policy policy_of(const recovery_case& of) {
  failure_policy made;
  switch (of.by) {
    case policy::fail:
      break;
    case policy::retry:
      made.retry.deadline = std::chrono::seconds(10);
      break;
    case policy::restart:
      made.action = failure_action::restart;
      break;
    case policy::skip:
      made.action = failure_action::skip;
      break;
    case policy::isolate:
      made.action = failure_action::isolate;
      break;
  }
  made.restart.most = of.most;
  made.restart.within = std::chrono::hours(10);
  if (!of.is_simulated) {
    made.restart.backoff.first = std::chrono::microseconds(200);
    made.retry.backoff.first = std::chrono::microseconds(200);
    made.retry.deadline /= 5'000;
  }
  return made;
}

// What is seen from within the stage.
struct seen_within {
  std::set<std::int64_t> taken;  // records that calls were on
  std::uint32_t calls = 0;       // on records
  std::uint32_t failed = 0;      // of them
  std::uint32_t opened_anew = 0;
  std::uint32_t opens = 0;
};

// Whether a call fails, as the case says.
class failing_calls {
 public:
  failing_calls(const recovery_case& of, std::shared_ptr<seen_within> into)
      : of_(of), into_(std::move(into)) {}

  bool on(const chunk& records) {
    const auto all = numbers_in(records);
    into_->taken.insert(all.begin(), all.end());
    const auto before = into_->calls++;
    bool fails = before == of_.call;
    if (of_.what == fault::from_then_on) fails = before >= of_.call;
    if (of_.what == fault::on_record)
      fails = std::find(all.begin(), all.end(), of_.record) != all.end();
    if (fails) ++into_->failed;
    return fails;
  }
  // The first instances open well.
  bool at_open() {
    if (into_->opens++ == 0) return false;
    return of_.what == fault::at_open && into_->opened_anew++ < of_.opens;
  }

 private:
  recovery_case of_;
  std::shared_ptr<seen_within> into_;
};

auto told_to_fail() {
  error cause{"told", "told to fail", {}};
  cause.temporary = true;
  return tl::unexpected(std::move(cause));
}

class failing_pass final : public transform {
 public:
  explicit failing_pass(failing_calls by) : by_(std::move(by)) {}
  result<void> open(context&) override {
    if (by_.at_open()) return told_to_fail();
    return {};
  }
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    out.emit(records);
    if (by_.on(*records)) return told_to_fail();
    return answer::wait;
  }

 private:
  failing_calls by_;
};

// Has written the half of a chunk where it fails.
class failing_writer final : public sink {
 public:
  failing_writer(failing_calls by, std::shared_ptr<numbers> to)
      : by_(std::move(by)), to_(std::move(to)) {}
  result<void> open(context&) override {
    if (by_.at_open()) return told_to_fail();
    return {};
  }
  stage_answer consume(const chunk_ptr& records, outlet&) override {
    before_ = to_->size();
    const auto all = numbers_in(*records);
    const bool fails = by_.on(*records);
    const auto half = static_cast<std::ptrdiff_t>(fails ? (all.size() + 1) / 2 : all.size());
    to_->insert(to_->end(), all.begin(), all.begin() + half);
    if (fails) return told_to_fail();
    return answer::wait;
  }
  result<void> roll_back() override {
    to_->resize(before_);
    return {};
  }

 private:
  failing_calls by_;
  std::shared_ptr<numbers> to_;
  std::size_t before_ = 0;
};

made_stage failing_stage(const recovery_case& of, const std::shared_ptr<seen_within>& seen,
                         const std::shared_ptr<numbers>& wrote) {
  made_stage made{.name = "faulty"};
  made.kind = of.is_sink ? stage_kind::sink : stage_kind::transform;
  made.failed = of.is_sink ? after_failure::rolls_back : after_failure::goes_on;
  made.on_failure = policy_of(of);
  made.make = [of, seen, wrote]() -> configured_stage::instance {
    failing_calls by(of, seen);
    if (of.is_sink)
      return std::unique_ptr<sink>(std::make_unique<failing_writer>(std::move(by), wrote));
    return std::unique_ptr<transform>(std::make_unique<failing_pass>(std::move(by)));
  };
  return lodged(std::move(made), of.how);
}

// What has to come of a case.
struct expectation {
  numbers got;
  std::set<std::int64_t> rejected;
  bool fails = false;  // the run ends, and `got` is what may have come until then
  bool is_cut_off = false;
  std::optional<std::size_t> waits{};  // how often it waits before it begins anew, if known
};

expectation expect_restarts(const recovery_case& of) {
  expectation all{.got = up_to(of.count)};
  const bool may_cut = !of.is_sink;
  switch (of.what) {
    case fault::once:
      all.waits = 1;
      return all;
    case fault::at_open:
      // A sink that undoes its write is called again as it is.
      all.waits = of.is_sink ? 1 : 1 + of.opens;
      break;
    case fault::on_record:
      all.waits = may_cut ? 1 : of.most;
      all.fails = !may_cut;
      if (may_cut) {
        std::erase(all.got, of.record);
        all.rejected = {of.record};
      }
      return all;
    case fault::from_then_on: {
      const auto left = of.chunks() - of.call;
      all.waits = may_cut ? left : of.most + 1;
      // A sink has written a part of the chunk on which it fails for good.
      all.got.resize(std::min(of.count, (of.call + (may_cut ? 0 : 1)) * of.chunk));
      for (auto n = of.call * of.chunk; n < of.count && may_cut; ++n) all.rejected.insert(n);
      break;
    }
  }
  if (*all.waits > of.most) {
    all.waits = of.most;
    all.fails = true;
  }
  return all;
}

// The call is made again on what it failed on, or the run ends; or the stage is cut off.
expectation expect_without_restarts(const recovery_case& of, std::uint32_t first) {
  expectation all{.got = up_to(of.count)};
  const bool passes = of.what == fault::once || of.what == fault::at_open;
  if (of.by == policy::retry && passes) return all;
  all.is_cut_off = of.by == policy::isolate;
  all.fails = !all.is_cut_off;
  // Of the chunk on which a sink fails it has written a part.
  all.got.resize(std::min(of.count, (first + (of.is_sink ? 1 : 0)) * of.chunk));
  return all;
}

expectation expect(const recovery_case& of) {
  if (of.by == policy::restart) return expect_restarts(of);
  const auto first =
      of.what == fault::on_record ? static_cast<std::uint32_t>(of.record) / of.chunk : of.call;
  if (of.by != policy::skip) return expect_without_restarts(of, first);
  expectation all{.got = up_to(of.count)};
  const auto last = of.what == fault::from_then_on ? of.chunks() : first + 1;
  for (auto chunk = first; chunk < last; ++chunk)
    for (const auto n : of.of_chunk(chunk)) {
      std::erase(all.got, n);
      all.rejected.insert(n);
    }
  // A new instance that can't be opened is tried again.
  all.waits = 0;
  if (of.what == fault::at_open && !of.is_sink) {
    all.waits = of.opens;
    if (of.opens > of.most) {
      all.waits = of.most;
      all.fails = true;
    }
  }
  return all;
}

std::string wrong_records(const expectation& expected, const faulty_run& run) {
  const bool is_part = expected.fails || expected.is_cut_off;
  const bool fits = is_part ? run.got.size() <= expected.got.size() &&
                                  std::equal(run.got.begin(), run.got.end(), expected.got.begin())
                            : run.got == expected.got;
  if (!fits) return fmt::format("{} records arrived of {}", run.got.size(), expected.got.size());
  const std::set<std::int64_t> rejected(run.rejected.begin(), run.rejected.end());
  const bool fit = is_part ? std::includes(expected.rejected.begin(), expected.rejected.end(),
                                           rejected.begin(), rejected.end())
                           : rejected == expected.rejected;
  if (!fit || rejected.size() != run.rejected.size())
    return fmt::format("{} records were rejected, expected {}", run.rejected.size(),
                       expected.rejected.size());
  return {};
}

std::string wrong_in(const recovery_case& of, const faulty_run& run, const seen_within& seen,
                     const numbers& other) {
  const auto expected = expect(of);
  const run_report& report = *run.report;
  if (!report.imbalances.empty()) return report.imbalances.front();
  if (report.outcome == run_outcome::aborted) return "it did not end";
  if (report.failure.has_value() != expected.fails)
    return expected.fails ? "the run goes on, and should end" : report.failure->cause.text;
  if (expected.fails && report.failure->stage != "faulty") return "another stage fails";
  if (expected.is_cut_off != !report.isolated.empty()) return "no stage is cut off, or one is";
  if (!expected.fails && other != up_to(of.count)) return "the other sink misses records";
  if (auto wrong = wrong_records(expected, run); !wrong.empty()) return wrong;
  const auto waits = run.count(run_event::kind::restarting);
  if (expected.waits && waits != *expected.waits)
    return fmt::format("it began anew after {} waits, expected {}", waits, *expected.waits);
  if (of.is_simulated && waits > 0 && report.wall < std::chrono::milliseconds(80))
    return "it did not wait";
  const auto received = run.figure("faulty", &stage_report::received);
  if (received != seen.taken.size())
    return fmt::format("{} records count as received, and its calls were on {}", received,
                       seen.taken.size());
  return {};
}

// Keeps the numbers of rejected records.
class refused_sink final : public sink {
 public:
  explicit refused_sink(numbers& to) : to_(to) {}
  stage_answer consume(const chunk_ptr& records, outlet&) override {
    records->each_row([&](std::uint32_t row) {
      const std::string text(records->find("record")->string(row));  // {"n":17}
      to_.push_back(std::stoll(text.substr(text.find(':') + 1)));
    });
    return answer::wait;
  }

 private:
  numbers& to_;
};

struct made_case {
  graph what;
  std::shared_ptr<seen_within> seen = std::make_shared<seen_within>();
  std::shared_ptr<numbers> wrote = std::make_shared<numbers>();
  std::shared_ptr<collected> got = std::make_shared<collected>();
  std::shared_ptr<collected> other = std::make_shared<collected>();
};

// Requires: `run` outlives what is made.
made_case make_case(const recovery_case& of, faulty_run& run) {
  made_case made;
  graph_builder build;
  const auto from = build.add(numbers_for(of.how, of.count, of.chunk));
  const auto above = build.add(lodged(passing_stage(false), lodging::apart));
  const auto at = build.add(failing_stage(of, made.seen, made.wrote));
  build.connect(from, above).connect(above, at);
  if (!of.is_sink) build.connect(at, build.add(lodged(collecting_sink(made.got), of.how)));
  made_stage refused{.name = "refused", .kind = stage_kind::sink};
  refused.make = [&run]() -> configured_stage::instance {
    return std::unique_ptr<sink>(std::make_unique<refused_sink>(run.rejected));
  };
  build.connect_rejected(at, build.add(std::move(refused)));
  build.connect(above, build.add(collecting_sink(made.other, "other")));
  made.what = build.finish();
  return made;
}

recovery_run recovery_by(const recovery_case& of, executor& by,
                         std::optional<time_point> deadline) {
  recovery_run told{.about = text_of(of), .sort = sort_of(of)};
  faulty_run run;
  auto made = make_case(of, run);
  run_options options;
  options.on_event = [&](const run_event& event) { run.events.push_back(event); };
  const auto going = by.start(std::move(made.what), std::move(options));
  run.report = going->wait(deadline);
  if (!run.report) {
    told.wrong = "it did not end";
    return told;
  }
  run.got = of.is_sink ? *made.wrote : made.got->numbers();
  told.wrong = wrong_in(of, run, *made.seen, made.other->numbers());
  return told;
}

}  // namespace

recovery_run simulate_recovery(std::uint64_t seed) {
  const auto of = choose(seed, true);
  std::uint64_t steps = 0;
  simulation_options how{.seed = seed};
  how.threads = of.threads;
  how.on_step = [&](std::uint64_t step, weir::run& running) {
    steps = step;
    if (step == steps_most) running.abort();
  };
  auto told = recovery_by(of, *make_simulated_executor(std::move(how)), std::nullopt);
  told.steps = steps;
  return told;
}

recovery_run run_recovery(std::uint64_t seed, const named_executor& by) {
  return recovery_by(choose(seed, false), *by.make(), machine_clock().now() + hang_limit);
}

}  // namespace weir::testing
