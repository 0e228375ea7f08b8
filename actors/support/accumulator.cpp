#include "actors/support/accumulator.hpp"

#include <vector>

#include "actors/support/each_value.hpp"
#include "actors/support/hash_index.hpp"
#include "actors/support/state_bytes.hpp"
#include "runtime/base/check.hpp"

namespace weir {
namespace {

using positions = std::span<const std::uint32_t>;

constexpr std::size_t number_bytes = sizeof(std::int64_t);

// Counts what is not null.
class tally final : public accumulator {
 public:
  void add(const column* values, positions rows, positions groups,
           std::size_t groups_all) override {
    counts_.resize(groups_all);
    if (values == nullptr) {
      for (const auto group : groups) ++counts_[group];
    } else if (values->storage() == storage_kind::tagged) {
      const auto cells = values->cells();
      for (std::size_t i = 0; i < rows.size(); ++i)
        counts_[groups[i]] += cells[rows[i]].kind != value_kind::null ? 1 : 0;
    } else if (values->storage() != storage_kind::null) {
      each_value(*values, rows, [&](std::size_t i) { ++counts_[groups[i]]; });
    }
  }

  std::size_t append(aggregate_function, double, std::uint32_t group,
                     column_builder& to) const override {
    to.append_int64(group < counts_.size() ? counts_[group] : 0);
    return number_bytes;
  }

  void merge(const accumulator& from, positions groups, std::size_t groups_all) override {
    counts_.resize(groups_all);
    const auto& counts = static_cast<const tally&>(from).counts_;
    for (std::size_t i = 0; i < counts.size(); ++i) counts_[groups[i]] += counts[i];
  }
  void save(std::uint32_t group, std::string& to) const override {
    put_bytes(to, group < counts_.size() ? counts_[group] : 0);
  }
  void load(std::string_view& from, std::uint32_t group, std::size_t groups_all) override {
    counts_.resize(groups_all);
    counts_[group] += take_bytes<std::int64_t>(from);
  }

  std::size_t bytes() const override { return counts_.capacity() * sizeof(std::int64_t); }

  std::size_t bytes_to_grow(std::size_t groups_all) const override {
    return weir::bytes_to_grow(counts_, groups_all);
  }

 private:
  std::vector<std::int64_t> counts_;
};

}  // namespace

aggregate_function aggregate_function_named(std::string_view name) {
  struct named_function {
    std::string_view name;
    aggregate_function function;
  };
  static constexpr named_function functions[] = {
      {"count", aggregate_function::count}, {"sum", aggregate_function::sum},
      {"mean", aggregate_function::mean},   {"min", aggregate_function::min},
      {"max", aggregate_function::max},     {"quantile", aggregate_function::quantile}};
  for (const auto& known : functions)
    if (known.name == name) return known.function;
  check_violated(__FILE__, __LINE__, "an aggregate function that nobody computes");
}

accumulator_kind accumulator_of(aggregate_function function) {
  switch (function) {
    case aggregate_function::count:
      return accumulator_kind::tally;
    case aggregate_function::sum:
    case aggregate_function::mean:
      return accumulator_kind::moments;
    case aggregate_function::min:
      return accumulator_kind::least;
    case aggregate_function::max:
      return accumulator_kind::greatest;
    case aggregate_function::quantile:
      return accumulator_kind::sketch;
  }
  return accumulator_kind::tally;
}

bool takes_only_numbers(accumulator_kind kind) {
  return kind == accumulator_kind::moments || kind == accumulator_kind::sketch;
}

std::unique_ptr<accumulator> make_accumulator(accumulator_kind kind) {
  switch (kind) {
    case accumulator_kind::tally:
      return std::make_unique<tally>();
    case accumulator_kind::moments:
      return make_moments();
    case accumulator_kind::least:
      return make_extreme(false);
    case accumulator_kind::greatest:
      return make_extreme(true);
    case accumulator_kind::sketch:
      return make_sketches();
  }
  return std::make_unique<tally>();
}

}  // namespace weir
