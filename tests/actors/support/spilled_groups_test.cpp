#include "actors/support/spilled_groups.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "runtime/base/random.hpp"
#include "runtime/data/column_builder.hpp"
#include "tests/actors/support/temporary_folder.hpp"

namespace weir {
namespace {

using testing::temporary_folder;

constexpr accumulator_kind kinds[] = {accumulator_kind::tally, accumulator_kind::greatest};

// A table of so many records with keys below `of`, which are counted in `known` too.
group_states counted(random_source& random, std::uint32_t of, std::uint32_t records,
                     std::map<std::int64_t, std::int64_t>& known) {
  group_states made(1, kinds, 3);
  column_builder builder;
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < records; ++row) {
    const std::int64_t key = random.below(of);
    ++known[key];
    builder.append_int64(key);
    rows.push_back(row);
  }
  const auto keys = builder.finish();
  const column* columns[] = {keys.get()};
  std::vector<std::uint32_t> groups(rows.size());
  made.groups.find(columns, rows, groups);
  made.running[0]->add(nullptr, rows, groups, made.groups.size());
  made.running[1]->add(keys.get(), rows, groups, made.groups.size());
  return made;
}

// The groups of the runs, each as its count, by its key.
std::map<std::int64_t, std::int64_t> merged(std::span<const group_run> runs,
                                            std::size_t buffer_bytes) {
  std::map<std::int64_t, std::int64_t> groups;
  group_merge merge(runs, 1, buffer_bytes);
  REQUIRE(merge.advance());
  const group_states all(0, kinds, 0);
  for (std::uint32_t group = 0; !merge.done(); ++group) {
    const auto key = merge.key(0).int64;
    CHECK((groups.empty() || groups.rbegin()->first < key));
    merge.load(all.running, group, group + 1);
    column_builder count;
    column_builder greatest;
    all.running[0]->append(aggregate_function::count, 0, group, count);
    all.running[1]->append(aggregate_function::max, 0, group, greatest);
    groups[key] = count.finish()->int64s()[0];
    CHECK(greatest.finish()->int64s()[0] == key);
    REQUIRE(merge.advance());
  }
  return groups;
}

TEST_CASE("runs come back as one sorted table, however many there are and small the buffers") {
  const temporary_folder folder;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    random_source random(seed);
    std::map<std::int64_t, std::int64_t> expected;
    std::vector<group_run> runs;
    auto file = spill_file::open(folder.path(""));
    REQUIRE(file);
    for (auto left = 1 + random.below(20); left > 0; --left) {
      auto run = write_run(*file, counted(random, 200, random.below(100), expected));
      REQUIRE(run);
      runs.push_back(*run);
    }
    CHECK(folder.files() == 0);
    for (const std::size_t buffer : {1, 100, 100'000}) CHECK(merged(runs, buffer) == expected);
    const std::size_t most = 2 + random.below(5);
    REQUIRE(make_fewer_runs(runs, most, 1, kinds, 500));
    CHECK(runs.size() <= most);
    CHECK(merged(runs, 500) == expected);
  }
}

TEST_CASE("a group larger than the buffer comes back whole") {
  const temporary_folder folder;
  auto file = spill_file::open(folder.path(""));
  REQUIRE(file);
  group_states made(1, kinds, 3);
  column_builder builder;
  const std::string text(300'000, 'x');
  builder.append_text(text);
  const auto keys = builder.finish();
  const column* columns[] = {keys.get()};
  std::uint32_t row[] = {0};
  std::uint32_t group[] = {0};
  made.groups.find(columns, row, group);
  made.running[1]->add(keys.get(), row, group, 1);
  const auto run = write_run(*file, made);
  REQUIRE(run);
  group_merge merge({&*run, 1}, 1, 64);
  REQUIRE(merge.advance());
  REQUIRE_FALSE(merge.done());
  CHECK(merge.key(0).text == text);
  const group_states all(0, kinds, 0);
  CHECK(merge.load(all.running, 0, 1) > text.size());
  CHECK(merge.bytes() > 600'000);
  REQUIRE(merge.advance());
  CHECK(merge.done());
}

TEST_CASE("a folder that is not there is told by its name") {
  const auto file = spill_file::open("/nowhere/at-all");
  REQUIRE_FALSE(file);
  CHECK(file.error().code == "spill-file");
  CHECK(file.error().text == "'/nowhere/at-all': no such file");
}

}  // namespace
}  // namespace weir
