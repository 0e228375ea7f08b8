#include "pipelines/trial/trial_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "pipelines/trial/same_day_clock.hpp"
#include "runtime/base/random.hpp"
#include "runtime/executor/simulated_executor.hpp"

namespace weir {
namespace {

// In a run without want of credit: a stage that waits for longer waits for its timers.
constexpr nanoseconds worth_virtual_time = std::chrono::milliseconds(100);

// As many random schedules as there are ways to run actors, where these would wait.
constexpr std::uint64_t schedules_instead = 24;

constexpr std::array<std::size_t, 5> chunk_sizes{0, 1, 2, 7, 1000};

std::vector<trial_setup> setups() {
  std::vector<trial_setup> all;
  for (const auto records : chunk_sizes) all.push_back({.chunk_records = records});
  for (const auto records : {std::size_t{0}, std::size_t{2}})
    all.push_back({.chunk_records = records, .narrow = true});
  // As little room as there can be on every edge.
  all.push_back({.chunk_records = 1, .credit = {.chunks = 1, .bytes = 64_KiB}});
  return all;
}

// A seed decides all of a run: also how its input is cut, and how much room there is.
trial_setup setup_of(std::uint64_t seed) {
  random_source random(seed);
  trial_setup made{.chunk_records = chunk_sizes[random.below(chunk_sizes.size())]};
  if (random.below(2) == 0) made.credit = {.chunks = 1, .bytes = 64_KiB};
  made.seed = seed;
  return made;
}

std::string in_words(const trial_setup& how) {
  return fmt::format("{}{}{}",
                     how.chunk_records == 0 ? "all records in one chunk"
                     : how.chunk_records == 1
                         ? "chunks of 1 record"
                         : fmt::format("chunks of {} records", how.chunk_records),
                     how.narrow ? ", only the expected columns wanted" : "",
                     how.credit == credit_limits() ? "" : ", credit of one chunk");
}

}  // namespace

struct trial_runner::named_executor {
  std::string name;
  std::unique_ptr<executor> by;
};

struct trial_runner::way {
  std::string name;
  executor& by;
  trial_setup how;
  std::optional<std::uint64_t> seed = std::nullopt;
};

// What differs is told once, with the first way of running the test in which it does.
class trial_runner::collected {
 public:
  // Answers whether it makes sense to go on.
  bool run(const pipeline_trial& what, const way& in, nanoseconds* waited = nullptr) {
    // With fewer columns the same difference would be told once more, in other words.
    if (in.how.narrow && !result_.failures.empty()) return true;
    auto found = what.run(in.by, in.how);
    ++result_.runs;
    if (waited != nullptr) *waited = found.wall;
    for (auto& text : found.wrong) add(std::move(text), in);
    return found.has_ended;
  }

  trial_result finish() {
    result_.wall = machine_clock().now() - began_;
    return std::move(result_);
  }

 private:
  void add(std::string text, const way& in) {
    auto& all = result_.failures;
    const auto known =
        std::find_if(all.begin(), all.end(), [&](const auto& f) { return f.text == text; });
    if (known == all.end())
      all.push_back({std::move(text), fmt::format("{}, {}", in.name, in_words(in.how)), in.seed});
    else
      ++known->ways;
  }

  time_point began_ = machine_clock().now();
  trial_result result_;
};

trial_runner::trial_runner() : inline_(make_inline_executor_in_virtual_time()) {}
trial_runner::~trial_runner() = default;

// Threads are dearer than runs: all runs share them.
const std::vector<trial_runner::named_executor>& trial_runner::actors() {
  if (actors_.empty())
    for (const unsigned threads : {1U, 2U, 8U})
      actors_.push_back({fmt::format("actors, {} thread{}", threads, threads == 1 ? "" : "s"),
                         make_actors_executor(threads)});
  return actors_;
}

bool trial_runner::run_inline(const pipeline_trial& what, collected& into, nanoseconds& waited) {
  nanoseconds* first = &waited;
  for (const auto& how : setups())
    if (!into.run(what, {"inline", *inline_, how}, std::exchange(first, nullptr))) return false;
  return true;
}

bool trial_runner::run_seeds(const pipeline_trial& what, std::uint64_t first, std::uint64_t last,
                             collected& into) {
  for (std::uint64_t seed = first;; ++seed) {
    const auto by = make_simulated_executor({.seed = seed, .time_of_day = trial_time_of_day});
    if (!into.run(what, {fmt::format("simulated, seed {}", seed), *by, setup_of(seed), seed}))
      return false;
    if (seed == last) return true;
  }
}

// A run that does not end takes long: the others would, too.
void trial_runner::run_in_turn(const pipeline_trial& what, const trial_choice& how,
                               collected& into) {
  if (how.only_seed) {
    run_seeds(what, *how.only_seed, *how.only_seed, into);
    return;
  }
  nanoseconds waited{0};
  if (!run_inline(what, into, waited)) return;
  std::uint64_t seeds = how.seeds.value_or(what.test().seeds);
  if (waited > worth_virtual_time) {
    seeds = std::max(seeds, schedules_instead);
  } else {
    for (const auto& e : actors())
      for (const auto& setup : setups())
        if (!into.run(what, {e.name, *e.by, setup})) return;
  }
  if (seeds > 0) run_seeds(what, 1, seeds, into);
}

trial_result trial_runner::run(const pipeline_trial& what, const trial_choice& how) {
  collected all;
  run_in_turn(what, how, all);
  return all.finish();
}

}  // namespace weir
