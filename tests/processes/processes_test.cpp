// Processes that are treated badly: whatever is done to a run, it ends, tells why, balances, and
// leaves the files that it should leave.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <string>

#include "tests/processes/faults.hpp"
#include "tests/support/hang_limit.hpp"
#include "tests/support/test_seeds.hpp"

namespace weir::testing {
namespace {

std::vector<fault> all_faults() {
  auto all = faults_of_signals();
  for (const auto& more : {faults_of_inputs(), faults_of_outputs(), faults_of_system()})
    all.insert(all.end(), more.begin(), more.end());
  return all;
}

treatment_result treat(const fault& how, std::uint64_t seed) {
  treated_run run(seed);
  try {
    how.treat(run);
  } catch (const std::exception& hung) {
    run.find(hung.what());
    run.came_out("did not end");
  }
  return run.result();
}

}  // namespace

TEST_CASE("a process that is treated badly ends, tells why, balances and leaves what it should") {
  for (const auto& how : all_faults()) {
    std::map<std::string, std::size_t> table;
    for (const auto seed : test_seeds(1)) {
      const auto result = treat(how, seed);
      ++table[result.came_out];
      if (result.skipped) MESSAGE(how.name << " was " << result.came_out);
      for (const auto& finding : result.findings)
        FAIL_CHECK(how.name << ", WEIR_TEST_SEED=" << seed << ": " << finding);
    }
    // The table is what a long run is read for.
    for (const auto& [came_out, times] : table)
      fmt::print("{:<44} {:>4}  {}\n", how.name, times, came_out);
  }
}

// The address sanitizer takes all addresses there are, so that none can be refused.
#ifndef __SANITIZE_ADDRESS__
// CAF by itself ends the process, or waits for ever, where it gets some of its threads and not all.
// What it will need is asked for before; but where that is given and a moment later is not, as with
// a few megabytes that allocations of the threads take in another order, it still ends the process.
TEST_CASE("a run that gets too few threads ends, and says why") {
  const temporary_folder folder;
  const auto path = folder.write("a.yaml", R"(weir: 1
stages:
  - {type: generate, count: 1000, columns: {n: {counter: 0}}}
  - {type: filter, where: n % 2 == 0}
  - {type: print}
)");
  std::size_t refused = 0;
  for (rlim_t megabytes = 20; megabytes < 160; megabytes += 5) {
    CAPTURE(megabytes);
    process_setup setup;
    setup.arguments = {WEIR_BINARY, "run", path, "--threads", "8"};
    setup.limits = {{RLIMIT_AS, megabytes << 20}};
    setup.patience = hang_limit;
    const auto ended = run_process(std::move(setup));
    CAPTURE(ended.code);
    CAPTURE(ended.errors);
    const bool is_told = ended.code == 1 || ended.code == 3 || ended.code == 127;
    CHECK((ended.code == 0 || (is_told && !ended.errors.empty())));
    refused += ended.code == 1 ? 1 : 0;
  }
  CHECK(refused > 0);
}

// One block as it is, in a frame that wants a window of 128 MiB to be unpacked in.
std::string zstd_of_large_window(std::string_view text) {
  constexpr std::string_view magic_and_window("\x28\xB5\x2F\xFD\x00\x88", 6);
  std::string frame(magic_and_window);
  const std::size_t last_raw_block = text.size() << 3 | 1;
  for (int byte = 0; byte < 3; ++byte) frame += static_cast<char>(last_raw_block >> (8 * byte));
  return frame.append(text);
}

// Each by a library of its own, which asks for the memory in its own way.
TEST_CASE("a run that gets no memory to read or unpack a record ends, and says so") {
  std::string long_text;
  long_text.resize(40'000'000, 'x');
  const struct {
    const char* file;
    std::string bytes;
    const char* where;
  } inputs[] = {
      {"record.ndjson", "{\"doc\":\"" + long_text + "\"}\n", "size(doc) > 0"},
      {"nested.ndjson", "{\"doc\":{\"text\":\"" + long_text + "\"}}\n", "doc.text != ''"},
      {"packed.ndjson.zst", zstd_of_large_window("{\"doc\":1}\n"), "doc == 1"},
  };
  for (const auto& input : inputs) {
    const temporary_folder folder;
    folder.write(input.file, input.bytes);
    const auto path = folder.write("a.yaml", fmt::format(R"(weir: 1
stages:
  - {{type: read_file, path: {}, max_record: 64MiB}}
  - {{type: filter, where: {}}}
  - {{type: aggregate, compute: {{count: count()}}}}
  - {{type: print}}
)",
                                                         input.file, input.where));
    std::size_t refused = 0;
    std::size_t complete = 0;
    for (rlim_t megabytes = 75; megabytes < 900; megabytes += 50) {
      CAPTURE(std::string(input.file));
      CAPTURE(megabytes);
      process_setup setup;
      setup.arguments = {WEIR_BINARY, "run", path, "--executor", "inline"};
      setup.folder = folder.path("");
      setup.limits = {{RLIMIT_AS, megabytes << 20}};
      setup.patience = hang_limit;
      const auto ended = run_process(std::move(setup));
      CAPTURE(ended.code);
      CAPTURE(ended.errors);
      if (ended.code == 0) {
        CHECK(ended.output == "{\"count\":1}\n");
        ++complete;
      } else {
        CHECK(ended.code == 1);
        CHECK(ended.errors.find("the system gives no more memory") != std::string::npos);
        ++refused;
      }
    }
    CHECK(refused > 0);
    CHECK(complete > 0);
  }
}
#endif

}  // namespace weir::testing
