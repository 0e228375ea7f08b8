#include <cmath>
#include <string>
#include <vector>

#include "actors/support/accumulator.hpp"
#include "actors/support/each_value.hpp"
#include "actors/support/hash_index.hpp"
#include "actors/support/state_bytes.hpp"
#include "actors/support/value_order.hpp"

namespace weir {
namespace {

using positions = std::span<const std::uint32_t>;

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
          if (!values->is_null(rows[i])) take(values->at(rows[i]), groups[i]);
        break;
      default:
        each_value(*values, rows, [&](std::size_t i) { take(values->at(rows[i]), groups[i]); });
    }
  }

  std::size_t append(aggregate_function, double, std::uint32_t group,
                     column_builder& to) const override {
    const value_view value = group < states_.size() ? at(group) : value_view();
    to.append(value);
    return sizeof(string_ref) + value.text.size();
  }

  void merge(const accumulator& from, positions groups, std::size_t groups_all) override {
    states_.resize(groups_all);
    const auto& other = static_cast<const extreme&>(from);
    for (std::uint32_t i = 0; i < other.states_.size(); ++i)
      if (other.states_[i].kind != value_kind::null) take(other.at(i), groups[i]);
  }
  void save(std::uint32_t group, std::string& to) const override {
    const value_view value = group < states_.size() ? at(group) : value_view();
    put_bytes(to, value.kind);
    if (value.kind == value_kind::null) return;
    put_bytes(to, value.int64);
    put_text(to, value.text);
  }
  void load(std::string_view& from, std::uint32_t group, std::size_t groups_all) override {
    states_.resize(groups_all);
    value_view value;
    value.kind = take_bytes<value_kind>(from);
    if (value.kind == value_kind::null) return;
    value.int64 = take_bytes<std::int64_t>(from);
    value.text = take_text(from);
    take(value, group);
  }

  std::size_t bytes() const override {
    return states_.capacity() * sizeof(state) + texts_.capacity() * sizeof(std::string) +
           texts_bytes_;
  }

  std::size_t bytes_to_grow(std::size_t groups_all) const override {
    return weir::bytes_to_grow(states_, groups_all) +
           (texts_.empty() ? 0 : weir::bytes_to_grow(texts_, groups_all));
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
        take(values.at(rows[i]), groups[i]);
    });
  }
  void add_doubles(const column& values, positions rows, positions groups) {
    const auto array = values.float64s();
    // Of equal numbers the texts choose, where there are any, or the sign of zero.
    const bool has_texts = !texts_.empty() || !values.number_texts().empty();
    each_value(values, rows, [&](std::size_t i) {
      const state& s = states_[groups[i]];
      const double value = array[rows[i]];
      // Not so what is not a number, and what only its digits tell from others.
      const bool is_plain =
          s.kind == value_kind::float64 && std::abs(value) < 0x1p63 && !std::isnan(s.float64);
      const bool is_tie = value == s.float64 && (has_texts || value == 0);
      if (!is_plain || is_tie || is_beyond(value, s.float64)) take(values.at(rows[i]), groups[i]);
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

  // Takes the value if it goes beyond what the group has, or stands before it.
  void take(const value_view& value, std::uint32_t group) {
    state& s = states_[group];
    if (s.kind != value_kind::null) {
      const value_view known = at(group);
      const auto order = compare_values(value, known);
      if (order == 0 ? !stands_before(value, known) : (order < 0) == is_greatest_) return;
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

}  // namespace

std::unique_ptr<accumulator> make_extreme(bool is_greatest) {
  return std::make_unique<extreme>(is_greatest);
}

}  // namespace weir
