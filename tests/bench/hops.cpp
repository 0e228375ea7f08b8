// What it costs to hand a chunk from stage to stage.
//
//   hops [TABLE...]       actors, inline, fused; none: all
//
// tests/bench/README.md says what is printed and how to read it.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <vector>

#include "runtime/executor/executor.hpp"
#include "tests/bench/support/benchmark.hpp"
#include "tests/bench/support/measured.hpp"
#include "tests/support/number_stages.hpp"

namespace weir::testing {
namespace {

constexpr std::uint32_t stage_counts[] = {1, 4, 16};
constexpr std::uint32_t credits[] = {1, 4, 8, 64};
constexpr std::uint32_t record_counts[] = {4096, 1};
constexpr std::uint64_t hops_a_run = 300'000;  // so that the start of a run does not count
constexpr int runs = 5;

/// Gives the same chunks again and again, so that making them costs nothing. They are more than are
/// on their way at once, for several threads counting the owners of one would be a cost of its own.
class repeated final : public source {
 public:
  repeated(std::vector<chunk_ptr> what, std::uint64_t times)
      : what_(std::move(what)), left_(times) {}

  stage_answer pull(outlet& out) override {
    out.emit(what_[left_ % what_.size()]);
    return --left_ == 0 ? answer::end : answer::more;
  }

 private:
  std::vector<chunk_ptr> what_;
  std::uint64_t left_;
};

made_stage repeating_source(const std::vector<chunk_ptr>& what, std::uint64_t times) {
  made_stage made{.name = "repeat", .kind = stage_kind::source};
  made.make = [=]() -> configured_stage::instance {
    return std::unique_ptr<source>(std::make_unique<repeated>(what, times));
  };
  return made;
}

// Whether stages hand chunks over edges, or share a shell.
enum class joint : std::uint8_t { edges, fused };

graph chain(std::uint32_t stages, std::uint32_t credit, std::uint32_t records, std::uint64_t chunks,
            joint how) {
  graph_builder builder("chain");
  const std::uint32_t under_way = credit * (stages + 1) + 1;
  std::vector<chunk_ptr> what(std::min<std::uint64_t>(under_way, 256));
  for (auto& one : what) one = numbers_chunk(0, records);
  auto from = repeating_source(what, chunks);
  from.never_waits = how == joint::fused;
  std::uint32_t last = builder.add(std::move(from));
  const auto append = [&](made_stage stage) {
    stage.credit.chunks = credit;
    stage.never_waits = stage.cheap = how == joint::fused;
    const auto added = builder.add(std::move(stage));
    builder.connect(last, added);
    last = added;
  };
  for (std::uint32_t i = 0; i < stages; ++i) append(pass_stage());
  append(ignoring_sink());
  return builder.finish();
}

double cpu_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

struct hop {
  double wall_ns;
  double cpu_ns;
};

hop measure_chain(executor& on, std::uint32_t stages, std::uint32_t credit, std::uint32_t records,
                  joint how) {
  const std::uint64_t chunks = hops_a_run / (stages + 1);
  const auto hops = static_cast<double>(chunks * (stages + 1));
  std::vector<double> wall;
  std::vector<double> cpu;
  for (int i = 0; i < runs; ++i) {
    graph what = chain(stages, credit, records, chunks, how);
    const auto start = std::chrono::steady_clock::now();
    const double cpu_start = cpu_ns();
    const auto report = on.start(std::move(what), {})->wait();
    cpu.push_back((cpu_ns() - cpu_start) / hops);
    const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - start;
    wall.push_back(taken.count() / hops);
    if (!report || report->outcome != run_outcome::complete ||
        report->stages.back().received != chunks * records)
      throw std::runtime_error("a chain did not hand on all it was given");
  }
  return {spread_of(wall).median, spread_of(cpu).median};
}

void print_table(const char* name, executor& on, joint how = joint::edges) {
  for (const auto records : record_counts) {
    fmt::print("\n{}, {} a chunk\n{:<12}", name,
               records == 1 ? "1 record" : fmt::format("{} records", records), "stages");
    for (const auto credit : credits) fmt::print("{:>18}", fmt::format("credit {}", credit));
    fmt::print("\n");
    for (const auto stages : stage_counts) {
      fmt::print("{:<12}", stages);
      for (const auto credit : credits) {
        const hop found = measure_chain(on, stages, credit, records, how);
        fmt::print("{:>18}", fmt::format("{:.0f} / {:.0f}", found.wall_ns, found.cpu_ns));
        std::fflush(stdout);
      }
      fmt::print("\n");
    }
  }
}

}  // namespace

void run_benchmark(const std::vector<std::string>& arguments) {
  fmt::print("nanoseconds a chunk and hop, wall / CPU, median of {} runs of {} hops; {}\n", runs,
             hops_a_run, machine_load());
  if (is_chosen(arguments, "actors")) print_table("actors, 2 threads", *make_actors_executor(2));
  if (is_chosen(arguments, "inline")) print_table("inline, not fused", *make_inline_executor());
  if (is_chosen(arguments, "fused")) print_table("fused", *make_inline_executor(), joint::fused);
}

}  // namespace weir::testing
