#include <vector>

#include "actors/support/accumulator.hpp"
#include "actors/support/each_value.hpp"
#include "actors/support/hash_index.hpp"
#include "actors/support/quantile_sketch.hpp"

namespace weir {
namespace {

using positions = std::span<const std::uint32_t>;

constexpr std::size_t number_bytes = sizeof(std::int64_t);

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

  void merge(const accumulator& from, positions groups, std::size_t groups_all) override {
    sketches_.resize(groups_all);
    const auto& other = static_cast<const sketches&>(from).sketches_;
    for (std::size_t i = 0; i < other.size(); ++i)
      change(groups[i], [&](quantile_sketch& sketch) { sketch.merge(other[i]); });
  }
  void save(std::uint32_t group, std::string& to) const override {
    group < sketches_.size() ? sketches_[group].save(to) : quantile_sketch().save(to);
  }
  void load(std::string_view& from, std::uint32_t group, std::size_t groups_all) override {
    sketches_.resize(groups_all);
    change(group, [&](quantile_sketch& sketch) { sketch.load(from); });
  }

  std::size_t bytes() const override {
    return sketches_.capacity() * sizeof(quantile_sketch) + heap_bytes_;
  }

  std::size_t bytes_to_grow(std::size_t groups_all) const override {
    return weir::bytes_to_grow(sketches_, groups_all);
  }

 private:
  template <class Change>
  void change(std::uint32_t group, Change how) {
    quantile_sketch& sketch = sketches_[group];
    heap_bytes_ -= sketch.bytes();
    how(sketch);
    heap_bytes_ += sketch.bytes();
  }

  std::vector<quantile_sketch> sketches_;
  std::size_t heap_bytes_ = 0;
};

}  // namespace

std::unique_ptr<accumulator> make_sketches() { return std::make_unique<sketches>(); }

}  // namespace weir
