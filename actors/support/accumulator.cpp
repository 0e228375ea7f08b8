#include "actors/support/accumulator.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "actors/support/each_value.hpp"
#include "actors/support/quantile_sketch.hpp"
#include "actors/support/value_order.hpp"
#include "runtime/base/check.hpp"

namespace weir {
namespace {

using positions = std::span<const std::uint32_t>;

constexpr std::size_t number_bytes = sizeof(std::int64_t);

// 64 bits times 2^63 records fit.
__extension__ using wide_int = __int128;

// Gives `to.integer(group, value)` and `to.number(group, value)` the numbers of a column.
template <class Taker>
void take_numbers(const column& values, positions rows, positions groups, Taker& to) {
  if (values.storage() == storage_kind::int64) {
    const auto array = values.int64s();
    each_value(values, rows, [&](std::size_t i) { to.integer(groups[i], array[rows[i]]); });
  } else if (values.storage() == storage_kind::float64) {
    const auto array = values.float64s();
    each_value(values, rows, [&](std::size_t i) { to.number(groups[i], array[rows[i]]); });
  } else if (values.storage() == storage_kind::tagged) {
    const auto cells = values.cells();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const cell& c = cells[rows[i]];
      if (c.kind == value_kind::int64) to.integer(groups[i], c.int64);
      if (c.kind == value_kind::float64) to.number(groups[i], c.float64);
    }
  }
}

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

  std::size_t bytes() const override { return counts_.capacity() * sizeof(std::int64_t); }

 private:
  std::vector<std::int64_t> counts_;
};

// Sums integers exactly, in 128 bits, and doubles with compensation.
// Source: Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974.
class moments final : public accumulator {
 public:
  void add(const column* values, positions rows, positions groups,
           std::size_t groups_all) override {
    states_.resize(groups_all);
    take_numbers(*values, rows, groups, *this);
  }
  void integer(std::uint32_t group, std::int64_t value) {
    state& s = states_[group];
    s.integers += value;
    ++s.integers_count;
  }
  void number(std::uint32_t group, double value) {
    state& s = states_[group];
    add_double(s, value);
    ++s.doubles_count;
  }

  std::size_t append(aggregate_function function, double, std::uint32_t group,
                     column_builder& to) const override {
    const state s = group < states_.size() ? states_[group] : state();
    const std::uint64_t count = s.integers_count + s.doubles_count;
    if (count == 0) {
      to.append_null();
    } else if (function == aggregate_function::mean) {
      to.append_float64(sum_of(s) / static_cast<double>(count));
    } else if (s.doubles_count == 0 && fits(s.integers)) {
      to.append_int64(static_cast<std::int64_t>(s.integers));
    } else {
      to.append_float64(sum_of(s));
    }
    return number_bytes;
  }

  std::size_t bytes() const override { return states_.capacity() * sizeof(state); }

 private:
  struct state {
    wide_int integers = 0;
    double doubles = 0;
    double lost = 0;  // what rounding took from doubles
    std::uint64_t integers_count = 0;
    std::uint64_t doubles_count = 0;
  };

  static bool fits(wide_int sum) {
    return sum >= std::numeric_limits<std::int64_t>::min() &&
           sum <= std::numeric_limits<std::int64_t>::max();
  }
  static double sum_of(const state& s) {
    // Behind an infinity what was lost is not a number.
    if (!std::isfinite(s.doubles)) return s.doubles;
    const auto integers = static_cast<double>(s.integers);
    const auto rest = static_cast<double>(s.integers - static_cast<wide_int>(integers));
    state all = s;
    add_double(all, integers);
    add_double(all, rest);
    return all.doubles + all.lost;
  }
  static void add_double(state& s, double value) {
    const double sum = s.doubles + value;
    s.lost += std::abs(s.doubles) >= std::abs(value) ? (s.doubles - sum) + value
                                                     : (value - sum) + s.doubles;
    s.doubles = sum;
  }

  std::vector<state> states_;
};

// Keeps the least or the greatest value of any kind.
class extreme final : public accumulator {
 public:
  explicit extreme(bool is_greatest) : is_greatest_(is_greatest) {}

  void add(const column* values, positions rows, positions groups,
           std::size_t groups_all) override {
    states_.resize(groups_all);
    switch (values->storage()) {
      case storage_kind::null:
        break;
      case storage_kind::int64:
        add_integers(*values, rows, groups);
        break;
      case storage_kind::float64:
        add_doubles(*values, rows, groups);
        break;
      case storage_kind::tagged:
        for (std::size_t i = 0; i < rows.size(); ++i)
          if (!values->is_null(rows[i])) take(*values, rows[i], groups[i]);
        break;
      default:
        each_value(*values, rows, [&](std::size_t i) { take(*values, rows[i], groups[i]); });
    }
  }

  std::size_t append(aggregate_function, double, std::uint32_t group,
                     column_builder& to) const override {
    const value_view value = group < states_.size() ? at(group) : value_view();
    to.append(value);
    return sizeof(string_ref) + value.text.size();
  }

  std::size_t bytes() const override {
    return states_.capacity() * sizeof(state) + texts_.capacity() * sizeof(std::string) +
           texts_bytes_;
  }

 private:
  struct state {
    union {
      std::int64_t int64 = 0;
      double float64;
      bool boolean;
    };
    value_kind kind = value_kind::null;  // null until there is a value
  };

  // Most numbers are not beyond what the group has, and settled by one comparison.
  void add_integers(const column& values, positions rows, positions groups) {
    const auto array = values.int64s();
    each_value(values, rows, [&](std::size_t i) {
      const state& s = states_[groups[i]];
      if (s.kind != value_kind::int64 || is_beyond(array[rows[i]], s.int64))
        take(values, rows[i], groups[i]);
    });
  }
  void add_doubles(const column& values, positions rows, positions groups) {
    const auto array = values.float64s();
    each_value(values, rows, [&](std::size_t i) {
      const state& s = states_[groups[i]];
      const double value = array[rows[i]];
      // Not so what is not a number, and what only its digits tell from others.
      const bool is_plain =
          s.kind == value_kind::float64 && std::abs(value) < 0x1p63 && !std::isnan(s.float64);
      if (!is_plain || is_beyond(value, s.float64)) take(values, rows[i], groups[i]);
    });
  }

  template <class T>
  bool is_beyond(T value, T known) const {
    return is_greatest_ ? value > known : value < known;
  }

  value_view at(std::uint32_t group) const {
    value_view value;
    value.kind = states_[group].kind;
    value.int64 = states_[group].int64;
    if (group < texts_.size()) value.text = texts_[group];
    return value;
  }

  // Takes the value if it goes beyond what the group has.
  void take(const column& values, std::uint32_t row, std::uint32_t group) {
    const value_view value = values.at(row);
    state& s = states_[group];
    if (s.kind != value_kind::null) {
      const auto order = compare_values(value, at(group));
      if (is_greatest_ ? order <= 0 : order >= 0) return;
    }
    s.kind = value.kind;
    s.int64 = value.int64;
    if (value.text.empty() && group >= texts_.size()) return;
    if (texts_.size() < states_.size()) texts_.resize(states_.size());
    std::string& text = texts_[group];
    const std::size_t before = heap_bytes(text);
    text.assign(value.text);
    texts_bytes_ += heap_bytes(text) - before;
  }

  static std::size_t heap_bytes(const std::string& text) {
    return text.capacity() > std::string().capacity() ? text.capacity() + 1 : 0;
  }

  bool is_greatest_;
  std::vector<state> states_;
  std::vector<std::string> texts_;  // none while no value has a text
  std::size_t texts_bytes_ = 0;
};

class sketches final : public accumulator {
 public:
  void add(const column* values, positions rows, positions groups,
           std::size_t groups_all) override {
    sketches_.resize(groups_all);
    take_numbers(*values, rows, groups, *this);
  }
  void integer(std::uint32_t group, std::int64_t value) {
    number(group, static_cast<double>(value));
  }
  void number(std::uint32_t group, double value) {
    heap_bytes_ += static_cast<std::size_t>(sketches_[group].add(value));
  }

  std::size_t append(aggregate_function, double q, std::uint32_t group,
                     column_builder& to) const override {
    if (group >= sketches_.size() || sketches_[group].count() == 0) {
      to.append_null();
    } else {
      to.append_float64(sketches_[group].quantile(q));
    }
    return number_bytes;
  }

  std::size_t bytes() const override {
    return sketches_.capacity() * sizeof(quantile_sketch) + heap_bytes_;
  }

 private:
  std::vector<quantile_sketch> sketches_;
  std::size_t heap_bytes_ = 0;
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
      return std::make_unique<moments>();
    case accumulator_kind::least:
      return std::make_unique<extreme>(false);
    case accumulator_kind::greatest:
      return std::make_unique<extreme>(true);
    case accumulator_kind::sketch:
      return std::make_unique<sketches>();
  }
  return std::make_unique<tally>();
}

}  // namespace weir
