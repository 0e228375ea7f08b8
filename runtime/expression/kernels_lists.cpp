#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "runtime/base/number.hpp"
#include "runtime/data/column_builder.hpp"
#include "runtime/data/records.hpp"
#include "runtime/expression/apply.hpp"
#include "runtime/expression/json_path.hpp"

namespace weir {
namespace {

// Each record of a chunk may have a list of its own.
constexpr std::int64_t range_max = 10'000;

void range(series_writer& out, std::uint32_t row, std::int64_t count) {
  if (count < 0 || count > range_max)
    return out.fail(row, "out-of-range",
                    fmt::format("a range has 0 to 10,000 numbers, found {}", count));
  std::string list = "[";
  for (std::int64_t i = 0; i < count; ++i) {
    if (i > 0) list += ',';
    append_number(list, i);
  }
  out.text(row, list + ']', value_kind::json);
}

// The items of a list that are to stand in another: their values, and in which order.
struct picked_items {
  column_ptr items;
  std::vector<std::size_t> order;
};

void write(series_writer& out, std::uint32_t row, const picked_items& from) {
  std::string list = "[";
  for (const auto item : from.order) {
    if (list.size() > 1) list += ',';
    append_json(list, from.items->at(item));
  }
  out.text(row, list + ']', value_kind::json);
}

void slice(const function_entry& entry, series_writer& out, std::uint32_t row, picked_items from,
           const value_view* bounds) {
  const auto size = static_cast<std::int64_t>(from.order.size());
  const std::int64_t begin = bounds[0].int64;
  const std::int64_t end = bounds[1].int64;
  if (begin < 0 || end < begin || end > size)
    return out.fail(row, "out-of-range",
                    fmt::format("'{}' from {} to {} lies outside of a list of {} items", entry.name,
                                begin, end, size));
  from.order = {from.order.begin() + begin, from.order.begin() + end};
  write(out, row, from);
}

// Items go together where one is less than the other, or the other way round, or they are equal.
void sort(const function_entry& entry, series_writer& out, std::uint32_t row, picked_items from) {
  const column& items = *from.items;
  for (const auto item : from.order) {
    const auto order = order_of(items.at(item), items.at(0));
    if (!order)
      return out.fail(
          row, "type-mismatch",
          fmt::format("'{}' takes a list of items of one type, found {} and {}", entry.name,
                      name_of(items.at(0).kind), name_of(items.at(item).kind)));
  }
  std::stable_sort(from.order.begin(), from.order.end(), [&](std::size_t a, std::size_t b) {
    return *order_of(items.at(a), items.at(b)) == std::partial_ordering::less;
  });
  write(out, row, from);
}

// The list's items, or none where it is a map or no JSON, which is told.
std::optional<picked_items> items_of(const function_entry& entry, series_writer& out,
                                     std::uint32_t row, const value_view& list,
                                     json_reader& reader) {
  if (list.text.find_first_not_of(" \t\r\n") != list.text.find('[')) {
    out.fail(row, "type-mismatch", fmt::format("'{}' takes a list, found a map", entry.name));
    return std::nullopt;
  }
  column_builder builder;
  const bool read = reader.each(list.text, [&](const value_view& item) {
    builder.append(item);
    return true;
  });
  if (!read) {
    out.fail(row, "not-json", "the nested value is not JSON");
    return std::nullopt;
  }
  picked_items from{builder.finish(), {}};
  from.order.resize(from.items->size());
  std::iota(from.order.begin(), from.order.end(), std::size_t{0});
  return from;
}

}  // namespace

apply list_function(const function_entry& entry) {
  if (entry.id == function_id::range)
    return [&entry](operands of, const row_set& rows) {
      return each_call(entry, of, rows,
                       [](series_writer& out, std::uint32_t row, const value_view* v) {
                         range(out, row, v->int64);
                       });
    };
  auto reader = std::make_shared<json_reader>();
  return [&entry, reader](operands of, const row_set& rows) {
    return each_call(entry, of, rows,
                     [&](series_writer& out, std::uint32_t row, const value_view* v) {
                       auto from = items_of(entry, out, row, *v, *reader);
                       if (!from) return;
                       if (entry.id == function_id::slice)
                         return slice(entry, out, row, std::move(*from), v + 1);
                       sort(entry, out, row, std::move(*from));
                     });
  };
}

}  // namespace weir
