// Whole jobs, from file to file: Weir beside a loop written by hand for the same job.
//
//   whole_jobs [FILE... [ROUNDS]]
//
// tests/bench/README.md says what is printed and how to read it.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>

#include "runtime/base/number.hpp"
#include "tests/bench/support/benchmark.hpp"
#include "tests/bench/support/jobs.hpp"
#include "tests/bench/support/made_input.hpp"
#include "tests/bench/support/measured.hpp"
#include "tests/bench/support/same_records.hpp"

namespace weir::testing {
namespace {

// How long a loop takes at least: with a file of the caller's, and in the quick run.
constexpr double loop_seconds = 2;
constexpr double quick_loop_seconds = 0.5;
// About how many bytes a process writes at most. Memory that was let go of for a second or two a
// virtual machine may give back to its host, and who writes more than it has waits for the host.
constexpr double written_max = 400e6;
constexpr int rounds_by_default = 7;
constexpr byte_size quick_size{200'000'000};

/// One way to do a job, and what it took each round.
struct way {
  const char* name;
  paths outputs;
  std::function<cost()> run;
  std::vector<cost> costs = {};

  spread of(double cost::*figure, double unit) const {
    std::vector<double> figures;
    for (const auto& each : costs) figures.push_back(each.*figure / unit);
    return spread_of(figures);
  }
  spread ratio(double cost::*figure, const way& loop) const {
    std::vector<double> figures;
    for (std::size_t i = 0; i < costs.size(); ++i)
      figures.push_back(loop.costs[i].*figure / costs[i].*figure);
    return spread_of(figures);
  }
  double best_ratio(double cost::*figure, const way& loop) const {
    return std::ranges::min(loop.costs, {}, figure).*figure /
           std::ranges::min(costs, {}, figure).*figure;
  }
  byte_size peak() const { return std::ranges::max(costs, {}, &cost::peak).peak; }
};

/// All ways to do one job, each with an output of its own; a run is so many processes in a row.
class whole_job {
 public:
  whole_job(const job& what, const scratch_folder& folder, const paths& inputs, int processes)
      : what_(what), folder_(folder), processes_(processes) {
    const auto middle = inputs.begin() + static_cast<std::ptrdiff_t>(inputs.size() / 2);
    const auto all = by_hand(inputs, "loop");
    const auto first = by_hand({inputs.begin(), middle}, "first");
    const auto second = by_hand({middle, inputs.end()}, "second");
    ways_ = {
        {"loop", {output("loop")}, [=] { return measure({all}); }},
        {"weir, 1 thread", {output("1")}, [run = by_weir(inputs, "1")] { return measure({run}); }},
        {"weir, 2 threads", {output("2")}, [run = by_weir(inputs, "2")] { return measure({run}); }},
        {"two loops, halves", {output("first"), output("second")}, [=] {
           return measure({first, second});
         }}};
  }

  void measure_round(bool backwards) {
    for (std::size_t i = 0; i < ways_.size(); ++i) {
      way& next = ways_[backwards ? ways_.size() - 1 - i : i];
      cost whole;
      for (int process = 0; process < processes_; ++process) {
        // Each writes into memory that has just been let go of: the loop would do so alone, as it
        // writes over its last output where Weir replaces it when it is complete.
        for (const auto& last : next.outputs) std::filesystem::remove(last);
        whole += next.run();
      }
      next.costs.push_back(whole);
    }
    const bool is_csv = std::string_view(what_.output) == ".csv";
    for (const char* threads : {"1", "2"})
      (is_csv ? require_same_bytes : require_same_records)(output("loop"), output(threads));
  }

  void print(double gigabytes) const {
    fmt::print("\n{:<20}{:>6}{:>6}{:>18}{:>18}{:>13}{:>10}\n", what_.name, "wall", "CPU",
               "loop/its wall", "loop/its CPU", "best", "peak");
    for (const auto& each : ways_) {
      const auto ratio = [&](double cost::*figure) {
        const spread found = each.ratio(figure, ways_.front());
        return fmt::format("{:.2f} ({:.2f}-{:.2f})", found.median, found.least, found.most);
      };
      const auto best = fmt::format("{:.2f} {:.2f}", each.best_ratio(&cost::wall_s, ways_.front()),
                                    each.best_ratio(&cost::cpu_s, ways_.front()));
      fmt::print("{:<20}{:>6.2f}{:>6.2f}{:>18}{:>18}{:>13}{:>10}\n", each.name,
                 each.of(&cost::wall_s, gigabytes).median, each.of(&cost::cpu_s, gigabytes).median,
                 ratio(&cost::wall_s), ratio(&cost::cpu_s), best, to_text(each.peak()));
    }
    std::fflush(stdout);
  }

 private:
  std::string output(const std::string& by) const { return folder_.file(by + what_.output); }

  std::function<void()> by_hand(paths inputs, const char* name) const {
    return [loop = what_.loop, inputs = std::move(inputs), path = output(name)] {
      loop(inputs, path);
    };
  }

  std::function<void()> by_weir(const paths& inputs, const std::string& threads) const {
    const auto path = folder_.file("pipeline-" + threads + ".yaml");
    std::ofstream file(path);
    file << pipeline_of(what_, inputs, output(threads));
    if (!file.flush()) throw std::runtime_error("'" + path + "' could not be written");
    return program({WEIR_BINARY, "run", path, "--threads", threads, "--quiet"});
  }

  const job& what_;
  const scratch_folder& folder_;
  int processes_;
  std::vector<way> ways_;
};

/// What a run reads: a list of files, in each of several processes in a row.
struct run_input {
  paths files;
  int processes = 1;
};

// As often as the loop needs to work for so long; an even number of files, for the halves. CPU
// seconds, since wall is longer while others are on the machine.
run_input input_of(const job& what, const std::string& file, const scratch_folder& folder,
                   double seconds) {
  const auto output = folder.file(std::string("loop") + what.output);
  const auto once = [&] { what.loop({file}, output); };
  measure({once});  // brings the file into memory
  const double times = seconds / measure({once}).cpu_s;
  const double most = written_max / static_cast<double>(std::filesystem::file_size(output));
  const auto pairs = std::max(1.0, std::ceil(std::min(times, most) / 2));
  return {paths(static_cast<std::size_t>(2 * pairs), file),
          static_cast<int>(std::max(1.0, std::ceil(times / (2 * pairs))))};
}

void run_job(const job& what, const std::string& file, int rounds, double loop_seconds_least) {
  const scratch_folder folder;
  const auto [inputs, processes] = input_of(what, file, folder, loop_seconds_least);
  const double gigabytes = static_cast<double>(std::filesystem::file_size(file)) *
                           static_cast<double>(inputs.size()) * processes * 1e-9;
  whole_job measured(what, folder, inputs, processes);
  fmt::print("\n{}; {:.2f} GB of input a run: '{}', {} times by {} in a row; {} rounds",
             machine_load(), gigabytes, file, inputs.size(), processes, rounds);
  for (int round = 0; round < rounds; ++round) measured.measure_round(round % 2 == 1);
  measured.print(gigabytes);
}

}  // namespace

void run_benchmark(const std::vector<std::string>& arguments) {
  const scratch_folder folder;
  std::int64_t rounds = rounds_by_default;
  std::vector<std::string> files = arguments;
  if (const auto last = files.empty() ? std::nullopt : parse_int64(files.back())) {
    rounds = *last;
    files.pop_back();
  }
  if (rounds < 1 || rounds > 1000) throw std::runtime_error("1 to 1000 rounds can be asked for");
  const bool is_quick = files.empty();
  if (is_quick) {
    files = {folder.file("events.ndjson"), folder.file("access.log"), folder.file("sums.csv")};
    write_events(files[0], quick_size);
    write_access_log(files[1], quick_size);
    write_readings(files[2], quick_size);
  }
  fmt::print("wall and CPU in seconds a GB; ratios are medians of the rounds, more is better\n");
  for (const auto& file : files)
    for (const auto& each : all_jobs())
      if (file.ends_with(each.input))
        run_job(each, std::filesystem::absolute(file).string(), static_cast<int>(rounds),
                is_quick ? quick_loop_seconds : loop_seconds);
}

}  // namespace weir::testing
