// What it costs a record to find its group and to be counted there.
//
//   groups [NAME...]
//
// tests/bench/README.md says what is printed and how to read it.

#include <fmt/format.h>

#include <cstdio>
#include <ctime>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/support/accumulator.hpp"
#include "actors/support/group_table.hpp"
#include "runtime/base/random.hpp"
#include "runtime/data/column_builder.hpp"
#include "tests/bench/support/benchmark.hpp"
#include "tests/bench/support/measured.hpp"

namespace weir::testing {
namespace {

constexpr std::uint32_t rows = 4096;
constexpr int rounds = 9;

using key_columns = std::vector<column_ptr>;

struct key_kind {
  const char* name;
  std::size_t keys;
  // Appends the key of a group to the builders.
  void (*append)(std::vector<column_builder>&, std::uint32_t group);
};

constexpr key_kind key_kinds[] = {
    {"int", 1,
     [](std::vector<column_builder>& to, std::uint32_t g) { to[0].append_int64(g * 7919LL); }},
    {"short text", 1,
     [](std::vector<column_builder>& to, std::uint32_t g) {
       to[0].append_text(fmt::format("web-{}", g));
     }},
    {"long text", 1,
     [](std::vector<column_builder>& to, std::uint32_t g) {
       to[0].append_text(fmt::format("cache-{:06}.internal.example.com", g));
     }},
    {"two keys", 2,
     [](std::vector<column_builder>& to, std::uint32_t g) {
       to[0].append_text(fmt::format("web-{}", g / 7));
       to[1].append_int64(200 + g % 7);
     }},
};

struct input {
  std::vector<key_columns> keys;  // by chunk
  std::vector<column_ptr> values;
  std::vector<std::vector<std::uint32_t>> of;  // the groups, as they were chosen
};

// Each group is as likely; or (`runs`) records of one group stand together, as in sorted input.
input make_input(const key_kind& kind, std::uint32_t groups, bool runs) {
  random_source random(1);
  input made;
  std::uint32_t group = 0;
  for (std::uint32_t chunks = std::max(1U, groups / rows * 2); chunks > 0; --chunks) {
    std::vector<column_builder> keys(kind.keys);
    column_builder values;
    auto& of = made.of.emplace_back();
    for (std::uint32_t row = 0; row < rows; ++row) {
      if (!runs || random.below(50) == 0) group = random.below(groups);
      of.push_back(group);
      kind.append(keys, group);
      values.append_float64(static_cast<double>(random.below(1'000'000)) / 1000);
    }
    auto& made_keys = made.keys.emplace_back();
    for (auto& k : keys) made_keys.push_back(k.finish());
    made.values.push_back(values.finish());
  }
  return made;
}

double cpu_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// A table and two aggregates over all chunks, again and again.
class counted {
 public:
  counted(const input& in, std::size_t keys) : in_(in), table_(keys, 42), groups_(rows) {
    all_.resize(rows);
    std::iota(all_.begin(), all_.end(), 0);
  }
  void find() {
    for (const auto& keys : in_.keys) find_in(keys);
  }
  void count() {
    for (std::size_t i = 0; i < in_.keys.size(); ++i) {
      find_in(in_.keys[i]);
      count_->add(nullptr, all_, groups_, table_.size());
      sum_->add(in_.values[i].get(), all_, groups_, table_.size());
    }
  }
  // Fails where records that were given one group have two, or the other way round.
  void check() {
    std::unordered_map<std::uint32_t, std::uint32_t> known;
    for (std::size_t i = 0; i < in_.keys.size(); ++i) {
      find_in(in_.keys[i]);
      for (std::size_t row = 0; row < rows; ++row)
        if (known.try_emplace(in_.of[i][row], groups_[row]).first->second != groups_[row])
          throw std::runtime_error("a group has two numbers");
    }
    if (known.size() != table_.size()) throw std::runtime_error("two groups have one number");
  }

 private:
  void find_in(const key_columns& keys) {
    const column* at[2];
    for (std::size_t k = 0; k < keys.size(); ++k) at[k] = keys[k].get();
    table_.find({at, keys.size()}, all_, groups_);
  }

  const input& in_;
  group_table table_;
  std::unique_ptr<accumulator> count_ = make_accumulator(accumulator_kind::tally);
  std::unique_ptr<accumulator> sum_ = make_accumulator(accumulator_kind::moments);
  std::vector<std::uint32_t> all_;
  std::vector<std::uint32_t> groups_;
};

double measured(const input& in, const std::function<void()>& work) {
  const auto records = static_cast<double>(in.keys.size() * rows);
  const int times = static_cast<int>(std::max(1.0, 400'000 / records));
  const double began = cpu_ns();
  for (int i = 0; i < times; ++i) work();
  return (cpu_ns() - began) / records / times;
}

void print(const key_kind& kind, std::uint32_t groups, bool runs) {
  const input in = make_input(kind, groups, runs);
  counted job(in, kind.keys);
  job.check();
  job.count();
  std::vector<double> find, count;
  for (int i = 0; i < rounds; ++i) {
    find.push_back(measured(in, [&] { job.find(); }));
    count.push_back(measured(in, [&] { job.count(); }));
  }
  fmt::print("{:<12}{:>9}{:<8}{:>9.2f}{:>9.2f}\n", kind.name, groups, runs ? " in runs" : "",
             spread_of(find).median, spread_of(count).median);
  std::fflush(stdout);
}

}  // namespace

void run_benchmark(const std::vector<std::string>& arguments) {
  fmt::print("nanoseconds of CPU a record, medians of {} rounds; {}\n\n", rounds, machine_load());
  fmt::print("{:<12}{:>9}{:<8}{:>9}{:>9}\n", "", "groups", "", "find", "and sum");
  for (const auto& kind : key_kinds) {
    if (!is_chosen(arguments, kind.name)) continue;
    for (const std::uint32_t groups : {1U, 63U, 100'000U}) print(kind, groups, false);
    print(kind, 100'000, true);
  }
}

}  // namespace weir::testing
