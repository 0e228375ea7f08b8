#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "runtime/base/text.hpp"
#include "runtime/data/records.hpp"
#include "runtime/expression/apply.hpp"
#include "runtime/expression/json_path.hpp"

namespace weir {
namespace {

// Up to here a look at each text is quicker than a hash of the one that is looked for.
constexpr std::size_t texts_scanned_max = 8;

// The values of a written list, sorted for quick look-up. Numbers are told apart exactly: a double
// that is whole is held as an integer, so that 1 and 1.0 are one.
class value_set {
 public:
  explicit value_set(operands items) {
    for (const series* item : items) {
      kept_.push_back(*item);
      add(kept_.back().at(0));
      if (item->storage == storage_kind::string)
        refs_.push_back({item->array<string_ref>()[0], kept_.back().data});
    }
    std::sort(wholes_.begin(), wholes_.end());
    std::sort(fractions_.begin(), fractions_.end());
    hashed_.insert(texts_.begin(), texts_.end());
  }

  bool has_null() const { return has_null_; }
  bool has(std::int64_t number) const {
    return std::binary_search(wholes_.begin(), wholes_.end(), number);
  }
  bool has(double number) const {
    if (std::isnan(number)) return false;
    if (const auto whole = as_whole(number)) return has(*whole);
    return std::binary_search(fractions_.begin(), fractions_.end(), number);
  }
  bool has(std::string_view text) const {
    if (texts_.size() > texts_scanned_max) return hashed_.count(text) != 0;
    return std::find(texts_.begin(), texts_.end(), text) != texts_.end();
  }
  bool has(const string_ref& text, std::span<const buffer_ptr> data) const {
    if (texts_.size() > texts_scanned_max) return hashed_.count(text.in(data)) != 0;
    for (const auto& known : refs_)
      if (same_text(text, data, known.ref, known.data)) return true;
    return false;
  }
  bool has(const value_view& value) const {
    switch (value.kind) {
      case value_kind::null:
        return has_null_;
      case value_kind::int64:
        return has(value.int64);
      case value_kind::float64:
        return has(value.float64);
      case value_kind::string:
        return has(value.text);
      default:
        return std::any_of(others_.begin(), others_.end(),
                           [&](const value_view& v) { return equal_values(v, value); });
    }
  }

 private:
  static std::optional<std::int64_t> as_whole(double number) {
    if (std::floor(number) != number || !(std::abs(number) < 0x1p63)) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }

  void add(const value_view& value) {
    switch (value.kind) {
      case value_kind::null:
        has_null_ = true;
        break;
      case value_kind::int64:
        wholes_.push_back(value.int64);
        break;
      case value_kind::float64:
        if (const auto whole = as_whole(value.float64)) {
          wholes_.push_back(*whole);
        } else if (!std::isnan(value.float64)) {
          fractions_.push_back(value.float64);
        }
        break;
      case value_kind::string:
        texts_.push_back(value.text);
        break;
      default:
        others_.push_back(value);
    }
  }

  std::vector<series> kept_;  // what the texts below lie in
  bool has_null_ = false;
  std::vector<std::int64_t> wholes_;
  std::vector<double> fractions_;
  std::vector<std::string_view> texts_;
  struct text_place {
    string_ref ref;
    std::span<const buffer_ptr> data;
  };
  std::vector<text_place> refs_;  // of the same texts
  std::unordered_set<std::string_view> hashed_;
  std::vector<value_view> others_;
};

template <class T>
void look_up(const value_set& set, const series& a, const row_set& rows, std::uint8_t* out) {
  map_rows<T>(a, rows, out, [&](T value) { return static_cast<std::uint8_t>(set.has(value)); });
}

series look_up(const value_set& set, operands of, const row_set& rows) {
  const series& a = *of[0];
  series out;
  auto* values = make_values<std::uint8_t>(out, storage_kind::boolean, rows);
  join_states(out, of, rows);
  switch (a.storage) {
    case storage_kind::int64:
      look_up<std::int64_t>(set, a, rows, values);
      break;
    case storage_kind::float64:
      look_up<double>(set, a, rows, values);
      break;
    case storage_kind::string:
      rows.each([&](std::uint32_t row) {
        const auto& text = a.array<string_ref>()[a.constant ? 0 : row];
        values[row] = out.state(row) == 0 && set.has(text, a.data) ? 1 : 0;
      });
      break;
    default:
      rows.each([&](std::uint32_t row) { values[row] = set.has(a.at(row)) ? 1 : 0; });
  }
  if (out.states == nullptr) return out;
  // Null is a value: in the list or not.
  std::uint8_t* states = own_states(out, rows);
  rows.each([&](std::uint32_t row) {
    if (states[row] != 0) values[row] = set.has_null() ? 1 : 0;
    states[row] &= state_error;
  });
  return out;
}

std::optional<json_step> step_for(const value_view& key) {
  switch (key.kind) {
    case value_kind::string:
      return json_step{std::string(key.text), std::nullopt};
    case value_kind::int64:
      return json_step{{}, key.int64};
    case value_kind::float64:
      if (std::floor(key.float64) == key.float64 && std::abs(key.float64) < 0x1p53)
        return json_step{{}, static_cast<std::int64_t>(key.float64)};
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace

apply membership(operands items) {
  auto set = std::make_shared<const value_set>(items);
  return [set](operands of, const row_set& rows) { return look_up(*set, of, rows); };
}

series one_of(operands value_and_items, const row_set& rows) {
  return each_row_with_nulls(value_and_items, rows,
                             [&](series_writer& out, std::uint32_t row, const value_view* v) {
                               bool found = false;
                               for (std::size_t i = 1; i < value_and_items.size(); ++i)
                                 found = found || equal_values(v[0], v[i]);
                               out.boolean(row, found);
                             });
}

series member_of(const series& value, const series& list, const row_set& rows) {
  const series* both[] = {&value, &list};
  json_reader reader;
  return each_row_with_nulls(
      both, rows, [&](series_writer& out, std::uint32_t row, const value_view* v) {
        if (v[1].kind == value_kind::null) return out.null(row);
        if (v[1].kind != value_kind::json)
          return out.fail(
              row, "type-mismatch",
              fmt::format("'in' looks into lists and maps, found {}", name_of(v[1].kind)));
        const auto found =
            reader.any(v[1].text, [&](const value_view& item) { return equal_values(v[0], item); });
        if (found) return out.boolean(row, *found);
        out.fail(row, "not-json", "the nested value is not JSON");
      });
}

series list_of(operands items, const row_set& rows) {
  return each_row_with_nulls(items, rows,
                             [&](series_writer& out, std::uint32_t row, const value_view* v) {
                               std::string text = "[";
                               for (std::size_t i = 0; i < items.size(); ++i) {
                                 if (i > 0) text += ',';
                                 append_json(text, v[i]);
                               }
                               out.text(row, text + ']', value_kind::json);
                             });
}

series map_of(operands entries, const row_set& rows) {
  return each_row_with_nulls(
      entries, rows, [&](series_writer& out, std::uint32_t row, const value_view* v) {
        std::string text = "{";
        for (std::size_t i = 0; i < entries.size(); i += 2) {
          if (v[i].kind != value_kind::string)
            return out.fail(
                row, "type-mismatch",
                fmt::format("the key of a map must be string, found {}", name_of(v[i].kind)));
          for (std::size_t before = 0; before < i; before += 2)
            if (v[before].text == v[i].text)
              return out.fail(row, "duplicate-key",
                              fmt::format("the key {} stands in the map twice", quoted(v[i].text)));
          if (i > 0) text += ',';
          append_json_string(text, v[i].text);
          text += ':';
          append_json(text, v[i + 1]);
        }
        out.text(row, text + '}', value_kind::json);
      });
}

series element_of(const series& target, const series& key, const row_set& rows) {
  const series* both[] = {&target, &key};
  json_reader reader;
  return each_row(both, rows, [&](series_writer& out, std::uint32_t row, const value_view* v) {
    const auto step = step_for(v[1]);
    if (!step)
      return out.fail(row, "type-mismatch",
                      fmt::format("'[]' takes string or int, found {}", name_of(v[1].kind)));
    if (v[0].kind != value_kind::json) return out.null(row);
    if (const auto found = reader.find(v[0].text, {&*step, 1})) return out.value(row, *found);
    out.fail(row, "not-json", "the nested value is not JSON");
  });
}

}  // namespace weir
