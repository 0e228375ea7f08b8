// What a chain of sixteen cheap stages costs beside one, in a whole job.
//
//   chains
//
// tests/bench/README.md says what is printed and how to read it.

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "tests/bench/support/benchmark.hpp"
#include "tests/bench/support/made_input.hpp"
#include "tests/bench/support/measured.hpp"

namespace weir::testing {
namespace {

constexpr int rounds = 7;
constexpr int long_chain = 16;
constexpr byte_size input_size{200'000'000};

struct cheap_stage {
  const char* name;
  const char* yaml;
};
constexpr cheap_stage cheap_stages[] = {
    {"filter that passes all", "{type: filter, where: status >= 100}"},
    {"map that keeps a column", "{type: map, keep: [status]}"},
};

std::function<void()> chain_of(int stages, const cheap_stage& what, const char* threads,
                               const scratch_folder& folder) {
  const auto path = folder.file(fmt::format("chain-{}.yaml", stages));
  std::ofstream file(path);
  file << "weir: 1\npipeline: chain\nstages:\n  - {type: read_file, path: "
       << folder.file("events.ndjson") << "}\n";
  for (int i = 0; i < stages; ++i) file << "  - " << what.yaml << "\n";
  file << "  - {type: aggregate, compute: {n: count(status)}}\n  - {type: write_file, path: "
       << folder.file("out.ndjson") << "}\n";
  if (!file.flush()) throw std::runtime_error("'" + path + "' could not be written");
  return program({WEIR_BINARY, "run", path, "--threads", threads, "--quiet"});
}

void print_chain(const cheap_stage& what, const char* threads, const scratch_folder& folder) {
  const auto one = chain_of(1, what, threads, folder);
  const auto sixteen = chain_of(long_chain, what, threads, folder);
  std::vector<double> wall;
  std::vector<double> cpu;
  for (int round = 0; round < rounds; ++round) {
    const bool backwards = round % 2 == 1;
    const cost first = measure({backwards ? sixteen : one});
    const cost second = measure({backwards ? one : sixteen});
    const cost& few = backwards ? second : first;
    const cost& many = backwards ? first : second;
    wall.push_back(many.wall_s / few.wall_s);
    cpu.push_back(many.cpu_s / few.cpu_s);
  }
  const auto text = [](const spread& of) {
    return fmt::format("{:.2f} ({:.2f}-{:.2f})", of.median, of.least, of.most);
  };
  fmt::print("{:<26}{:>8}{:>22}{:>22}\n", what.name, threads, text(spread_of(wall)),
             text(spread_of(cpu)));
  std::fflush(stdout);
}

}  // namespace

void run_benchmark(const std::vector<std::string>&) {
  const scratch_folder folder;
  write_events(folder.file("events.ndjson"), input_size);
  fmt::print("sixteen stages / one, median of {}; {}\n{:<26}{:>8}{:>22}{:>22}\n", rounds,
             machine_load(), "", "threads", "wall", "CPU");
  for (const auto& what : cheap_stages)
    for (const char* threads : {"1", "2"}) print_chain(what, threads, folder);
}

}  // namespace weir::testing
