// How often the whole jobs ask for memory while records flow.
//
//   allocations
//
// tests/bench/README.md says what is printed and how to read it.

#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <stdexcept>

#include "actors/builtin_stages.hpp"
#include "pipelines/assemble/assemble.hpp"
#include "runtime/executor/executor.hpp"
#include "tests/bench/support/benchmark.hpp"
#include "tests/bench/support/jobs.hpp"
#include "tests/bench/support/made_input.hpp"

namespace {

std::atomic<std::uint64_t> calls{0};
std::atomic<std::uint64_t> bytes{0};

void* counted(std::size_t size) {
  calls.fetch_add(1, std::memory_order_relaxed);
  bytes.fetch_add(size, std::memory_order_relaxed);
  if (void* made = std::malloc(size)) return made;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* what) noexcept { std::free(what); }
void operator delete[](void* what) noexcept { std::free(what); }
void operator delete(void* what, std::size_t) noexcept { std::free(what); }
void operator delete[](void* what, std::size_t) noexcept { std::free(what); }

namespace weir::testing {
namespace {

constexpr byte_size small{20'000'000};

struct asked_for {
  double calls = 0;
  double bytes = 0;
  double chunks = 0;
  double records = 0;
};

graph assembled(const std::string& text) {
  static const registry known(builtin_stages());
  problems found;
  auto made = load_pipeline(text, "pipeline.yaml", known, {}, found);
  if (!made) throw std::runtime_error(to_text(found.all().front()));
  return *std::move(made);
}

asked_for run_counted(const job& what, const paths& inputs, const std::string& output) {
  auto made = assembled(pipeline_of(what, inputs, output));
  const auto on = make_inline_executor();
  const auto calls_before = calls.load();
  const auto bytes_before = bytes.load();
  const auto report = on->start(std::move(made), {})->wait();
  if (report->outcome != run_outcome::complete) throw std::runtime_error("a run was not complete");
  const auto& reader = report->stages.front();
  return {static_cast<double>(calls.load() - calls_before),
          static_cast<double>(bytes.load() - bytes_before), static_cast<double>(reader.chunks_out),
          static_cast<double>(reader.sent())};
}

// The difference between one file and the same twice: what starting and ending ask for cancels out.
void print_job(const job& what, const scratch_folder& folder) {
  const auto file = folder.file(std::string("input") + what.input);
  const auto output = folder.file(std::string("output") + what.output);
  const auto once = run_counted(what, {file}, output);
  const auto twice = run_counted(what, {file, file}, output);
  const double chunks = twice.chunks - once.chunks;
  fmt::print("{:<22}{:>14.0f}{:>14.1f}{:>14.1f}{:>16.3f}\n", what.name,
             (twice.records - once.records) / chunks, (twice.calls - once.calls) / chunks,
             (twice.bytes - once.bytes) / chunks / 1024,
             (twice.calls - once.calls) / (twice.records - once.records));
}

}  // namespace

void run_benchmark(const std::vector<std::string>&) {
  const scratch_folder folder;
  write_events(folder.file("input.ndjson"), small);
  write_access_log(folder.file("input.log"), small);
  write_readings(folder.file("input.csv"), small);
  fmt::print("{:<22}{:>14}{:>14}{:>14}{:>16}\n", "a chunk of the reader:", "records", "allocations",
             "KiB", "a record");
  for (const auto& each : all_jobs()) print_job(each, folder);
}

}  // namespace weir::testing
