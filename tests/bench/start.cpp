// What a small run costs as a whole: from the start of the process to its end.
//
//   start
//
// tests/bench/README.md says what is printed and how to read it.

#include <fmt/format.h>

#include <cstdio>
#include <fstream>

#include "tests/bench/support/benchmark.hpp"
#include "tests/bench/support/made_input.hpp"
#include "tests/bench/support/measured.hpp"

namespace weir::testing {
namespace {

constexpr int runs = 50;

void print_start(const char* name, const std::function<void()>& work) {
  std::vector<double> wall;
  std::vector<double> cpu;
  for (int i = 0; i < runs; ++i) {
    const cost taken = measure({work});
    wall.push_back(taken.wall_s * 1e3);
    cpu.push_back(taken.cpu_s * 1e3);
  }
  const auto found = spread_of(wall);
  fmt::print("{:<32}{:>8.1f}{:>16}{:>8.1f}\n", name, found.median,
             fmt::format("{:.1f} to {:.1f}", found.least, found.most), spread_of(cpu).median);
}

}  // namespace

void run_benchmark(const std::vector<std::string>&) {
  const scratch_folder folder;
  std::ofstream input(folder.file("ten.ndjson"));
  for (int i = 0; i < 10; ++i)
    input << fmt::format("{{\"id\":{},\"status\":{}}}\n", i, 200 + i * 50);
  input.close();
  std::ofstream pipeline(folder.file("pipeline.yaml"));
  pipeline << "weir: 1\npipeline: ten\nstages:\n  - {type: read_file, path: "
           << folder.file("ten.ndjson")
           << "}\n  - {type: filter, where: \"status >= 500\"}\n  - {type: write_file, path: "
           << folder.file("out.ndjson") << "}\n";
  pipeline.close();
  const std::string file = folder.file("pipeline.yaml");
  fmt::print("milliseconds of a whole process, median of {}; {}\n{:<32}{:>8}{:>16}{:>8}\n", runs,
             machine_load(), "", "wall", "spread", "CPU");
  print_start("a process that does nothing", [] {});
  print_start("weir version", program({WEIR_BINARY, "version"}));
  print_start("weir run, 10 lines", program({WEIR_BINARY, "run", file, "--quiet"}));
  print_start("weir run, 10 lines, inline",
              program({WEIR_BINARY, "run", file, "--quiet", "--executor", "inline"}));
}

}  // namespace weir::testing
