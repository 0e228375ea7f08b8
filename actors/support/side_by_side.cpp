#include "actors/support/side_by_side.hpp"

#include <algorithm>
#include <map>

#include "actors/support/key_order.hpp"
#include "runtime/base/check.hpp"
#include "runtime/data/column_builder.hpp"
#include "runtime/expression/json_path.hpp"

namespace weir {
namespace {

class pairing {
 public:
  pairing(std::span<const chunk_ptr> chunks, bool last_counts) : last_counts_(last_counts) {
    for (const auto& c : chunks) sides_.push_back(c->selection() ? compact(c) : c);
    rows_ = sides_.front()->rows();
    for (const auto& side : sides_) {
      WEIR_CHECK(side->rows() == rows_, "chunks of different sizes side by side");
      add(*side);
    }
  }

  paired_records finish() && {
    paired_records made;
    chunk::parts parts;
    parts.orders = orders();
    parts.columns_schema = std::make_shared<const schema>(std::move(fields_));
    parts.columns = std::move(columns_);
    parts.rows = rows_;
    made.records = make_chunk(std::move(parts));
    for (auto& [row, column] : conflicts_) made.conflicts.push_back({row, std::move(column)});
    return made;
  }

 private:
  std::uint32_t number_of(const std::string& name) const {
    const auto known = std::find_if(fields_.begin(), fields_.end(),
                                    [&](const field& f) { return f.name == name; });
    return static_cast<std::uint32_t>(known - fields_.begin());
  }

  void add(const chunk& side) {
    for (std::size_t i = 0; i < side.columns().size(); ++i) {
      const field& f = side.schema()[i];
      const auto number = number_of(f.name);
      if (number == fields_.size()) {
        fields_.push_back(f);
        columns_.push_back(side.columns()[i]);
      } else if (columns_[number] != side.columns()[i]) {
        shares_names_ = true;
        fields_[number].always = fields_[number].always || f.always;
        if (fields_[number].type != f.type) fields_[number].type = column_type::dynamic;
        columns_[number] = joined(*columns_[number], *side.columns()[i], f.name);
      }
    }
  }

  column_ptr joined(const column& before, const column& added, const std::string& name) {
    column_builder out(rows_);
    for (std::uint32_t row = 0; row < rows_; ++row) {
      const auto a = before.at(row);
      const auto b = added.at(row);
      const bool differ =
          a.kind != value_kind::null && b.kind != value_kind::null && !same_value(a, b);
      if (differ) note_conflict(row, name);
      const bool takes_added = a.kind == value_kind::null || (differ && last_counts_);
      out.append(takes_added ? b : a);
    }
    return out.finish();
  }

  void note_conflict(std::uint32_t row, const std::string& name) {
    const auto [at, added] = conflicts_.try_emplace(row, name);
    if (!added) at->second = std::min(at->second, name);
  }

  std::shared_ptr<const key_orders> orders() const {
    const bool plain = std::none_of(sides_.begin(), sides_.end(),
                                    [](const chunk_ptr& side) { return side->orders(); });
    if (plain && !shares_names_) return nullptr;
    key_order_collector collected(rows_);
    for (std::uint32_t row = 0; row < rows_; ++row) {
      std::vector<std::uint32_t> keys;
      for (const auto& side : sides_)
        each_key(*side, row, [&](std::uint32_t i) {
          const auto number = number_of(side->schema()[i].name);
          if (std::find(keys.begin(), keys.end(), number) == keys.end()) keys.push_back(number);
        });
      collected.add(row, std::move(keys));
    }
    return collected.finish();
  }

  bool last_counts_;
  bool shares_names_ = false;
  std::vector<chunk_ptr> sides_;
  std::uint32_t rows_ = 0;
  std::vector<field> fields_;
  std::vector<column_ptr> columns_;
  std::map<std::uint32_t, std::string> conflicts_;
};

bool is_number(value_kind kind) { return kind == value_kind::int64 || kind == value_kind::float64; }

bool same_number(std::int64_t whole, double number) {
  // 2^63: from there on no double is an int64.
  constexpr double beyond = 0x1p63;
  return number >= -beyond && number < beyond && static_cast<std::int64_t>(number) == whole &&
         static_cast<double>(static_cast<std::int64_t>(number)) == number;
}

}  // namespace

bool same_value(const value_view& a, const value_view& b) {
  if (a.kind != b.kind) {
    if (!is_number(a.kind) || !is_number(b.kind)) return false;
    return a.kind == value_kind::int64 ? same_number(a.int64, b.float64)
                                       : same_number(b.int64, a.float64);
  }
  switch (a.kind) {
    case value_kind::null:
      return true;
    case value_kind::boolean:
      return a.boolean == b.boolean;
    case value_kind::int64:
    case value_kind::timestamp:
    case value_kind::duration:
      return a.int64 == b.int64;
    case value_kind::float64:
      return a.float64 == b.float64;
    case value_kind::string:
    case value_kind::bytes:
      return a.text == b.text;
    case value_kind::json:
      return json_equal(a.text, b.text);
  }
  return false;
}

paired_records side_by_side(std::span<const chunk_ptr> chunks, bool last_counts) {
  return pairing(chunks, last_counts).finish();
}

}  // namespace weir
