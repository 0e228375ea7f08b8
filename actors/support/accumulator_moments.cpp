#include <cmath>
#include <limits>
#include <unordered_map>
#include <vector>

#include "actors/support/accumulator.hpp"
#include "actors/support/each_value.hpp"
#include "actors/support/exact_sum.hpp"
#include "actors/support/hash_index.hpp"
#include "actors/support/state_bytes.hpp"

namespace weir {
namespace {

using positions = std::span<const std::uint32_t>;

constexpr std::size_t number_bytes = sizeof(std::int64_t);
// What a map takes for each of its entries beside the entry: a pointer, and one of the table's.
constexpr std::size_t map_node_bytes = 4 * sizeof(void*);

bool fits(wide_int sum) {
  return sum >= std::numeric_limits<std::int64_t>::min() &&
         sum <= std::numeric_limits<std::int64_t>::max();
}

// Whether a double holds it, whatever its digits.
bool is_double(wide_int whole) {
  constexpr wide_int most = wide_int{1} << 53;
  return whole >= -most && whole <= most;
}

// Sums and counts numbers: integers in 128 bits, doubles in two doubles, and in a wide sum what is
// beyond these.
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
    ++s.doubles_count;
    if (!s.doubles.add(value)) add_beyond(group, value);
  }

  std::size_t append(aggregate_function function, double, std::uint32_t group,
                     column_builder& to) const override {
    const state s = group < states_.size() ? states_[group] : state();
    if (s.integers_count + s.doubles_count == 0) {
      to.append_null();
    } else if (function == aggregate_function::mean) {
      to.append_float64(mean_of(s, group));
    } else if (s.doubles_count == 0 && fits(s.integers)) {
      to.append_int64(static_cast<std::int64_t>(s.integers));
    } else {
      to.append_float64(sum_of(s, group));
    }
    return number_bytes;
  }

  void merge(const accumulator& from, positions groups, std::size_t groups_all) override {
    states_.resize(groups_all);
    const auto& other = static_cast<const moments&>(from);
    for (std::size_t i = 0; i < other.states_.size(); ++i) add_state(other.states_[i], groups[i]);
    for (const auto& [group, sum] : other.beyond_)
      change(groups[group], [&, &sum = sum](wide_sum& own) { own.add(sum); });
  }
  void save(std::uint32_t group, std::string& to) const override {
    put_bytes(to, group < states_.size() ? states_[group] : state());
    const auto found = beyond_.find(group);
    put_bytes(to, found != beyond_.end());
    if (found != beyond_.end()) found->second.save(to);
  }
  void load(std::string_view& from, std::uint32_t group, std::size_t groups_all) override {
    states_.resize(groups_all);
    add_state(take_bytes<state>(from), group);
    if (take_bytes<bool>(from)) change(group, [&](wide_sum& own) { own.load(from); });
  }

  std::size_t bytes() const override { return states_.capacity() * sizeof(state) + beyond_bytes_; }

  std::size_t bytes_to_grow(std::size_t groups_all) const override {
    return weir::bytes_to_grow(states_, groups_all);
  }

 private:
  struct state {
    wide_int integers = 0;
    double_pair doubles;
    std::uint64_t integers_count = 0;
    std::uint64_t doubles_count = 0;
  };

  void add_state(const state& from, std::uint32_t group) {
    state& s = states_[group];
    s.integers += from.integers;
    s.integers_count += from.integers_count;
    s.doubles_count += from.doubles_count;
    for (const double part : {from.doubles.high, from.doubles.low})
      if (!s.doubles.add(part)) add_beyond(group, part);
  }

  template <class Change>
  void change(std::uint32_t group, Change how) {
    const auto [at, is_new] = beyond_.try_emplace(group);
    if (is_new) beyond_bytes_ += sizeof(*at) + map_node_bytes;
    beyond_bytes_ -= at->second.bytes();
    how(at->second);
    beyond_bytes_ += at->second.bytes();
  }

  // Adds what the two doubles have no room for as they are.
  void add_beyond(std::uint32_t group, double value) {
    state& s = states_[group];
    double_pair tried = s.doubles;
    tried.normalize();
    if (tried.add(value)) {
      s.doubles = tried;
      return;
    }
    // Emptied, they have room again.
    change(group, [&](wide_sum& sum) {
      sum.add(s.doubles.high);
      sum.add(s.doubles.low);
      sum.add(value);
    });
    s.doubles = {};
  }

  wide_sum exact_sum(const state& s, std::uint32_t group) const {
    const auto found = beyond_.find(group);
    wide_sum sum = found == beyond_.end() ? wide_sum() : found->second;
    sum.add(s.doubles.high);
    sum.add(s.doubles.low);
    sum.add(s.integers);
    return sum;
  }
  double sum_of(const state& s, std::uint32_t group) const {
    // Rounded once, as are the two doubles where these hold all.
    if (s.doubles_count == 0) return static_cast<double>(s.integers);
    const bool is_beyond = !beyond_.empty() && beyond_.contains(group);
    double_pair all = s.doubles;
    if (!is_beyond && is_double(s.integers) && all.add(static_cast<double>(s.integers)))
      return all.high + all.low;
    return exact_sum(s, group).rounded();
  }
  double mean_of(const state& s, std::uint32_t group) const {
    const auto count = static_cast<double>(s.integers_count + s.doubles_count);
    const double sum = sum_of(s, group);
    if (std::isfinite(sum)) return sum / count;
    // Finite values have a finite mean, also where their sum is beyond the greatest double.
    constexpr int scale = 128;
    const wide_sum exact = exact_sum(s, group);
    return exact.is_special() ? sum : std::ldexp(exact.rounded(-scale) / count, scale);
  }

  std::vector<state> states_;
  std::unordered_map<std::uint32_t, wide_sum> beyond_;  // of few groups
  std::size_t beyond_bytes_ = 0;
};

}  // namespace

std::unique_ptr<accumulator> make_moments() { return std::make_unique<moments>(); }

}  // namespace weir
