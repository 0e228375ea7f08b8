#include <fmt/format.h>

#include <array>

#include "runtime/base/text.hpp"
#include "runtime/data/records.hpp"
#include "runtime/expression/apply.hpp"
#include "runtime/expression/code_points.hpp"
#include "runtime/expression/json_path.hpp"
#include "runtime/expression/result_size.hpp"

namespace weir {
namespace {

// One row of a call, with the values of its arguments.
struct call_row {
  const function_entry& entry;
  series_writer& out;
  std::uint32_t row;
  const value_view* values;
  std::size_t count;

  std::string_view text(std::size_t at) const { return values[at].text; }
  std::int64_t number(std::size_t at, std::int64_t otherwise) const {
    return at < count ? values[at].int64 : otherwise;
  }
  void outside(std::int64_t position) const {
    out.fail(row, "out-of-range",
             fmt::format("position {} lies outside of a text of {} characters", position,
                         code_points(text(0))));
  }
  // Whether a result of that size may be made; if not, it is told.
  bool fits(std::size_t bytes) const {
    if (bytes <= result_bytes_max) return true;
    out.fail(row, "too-long", too_long(entry.name));
    return false;
  }
};

void char_at(const call_row& c) {
  const auto begin = byte_of(c.text(0), c.values[1].int64);
  if (!begin) return c.outside(c.values[1].int64);
  c.out.text(c.row, first_code_point(c.text(0).substr(*begin)));
}

void index_of(const call_row& c) {
  const std::int64_t from = c.number(2, 0);
  if (from < 0) return c.outside(from);
  if (c.text(1).empty()) return c.out.int64(c.row, from);
  const auto begin = byte_of(c.text(0), from);
  const auto found = begin ? c.text(0).find(c.text(1), *begin) : std::string_view::npos;
  if (found == std::string_view::npos) return c.out.int64(c.row, -1);
  c.out.int64(c.row, code_points(c.text(0).substr(0, found)));
}

void last_index_of(const call_row& c) {
  const std::int64_t from = c.number(2, 0);
  if (from < 0) return c.outside(from);
  if (c.text(1).empty()) return c.out.int64(c.row, c.count > 2 ? from : code_points(c.text(0)));
  auto last = std::optional<std::size_t>(std::string_view::npos);
  if (c.count > 2) last = byte_of(c.text(0), from);
  const bool inside = last && (c.count == 2 || *last < c.text(0).size());
  const auto found = inside ? c.text(0).rfind(c.text(1), *last) : std::string_view::npos;
  if (found == std::string_view::npos) return c.out.int64(c.row, -1);
  c.out.int64(c.row, code_points(c.text(0).substr(0, found)));
}

void substring(const call_row& c) {
  const auto begin = byte_of(c.text(0), c.values[1].int64);
  if (!begin) return c.outside(c.values[1].int64);
  if (c.count == 2) return c.out.text(c.row, c.text(0).substr(*begin));
  const std::int64_t to = c.values[2].int64;
  const auto end = byte_of(c.text(0), to);
  if (!end) return c.outside(to);
  if (*end < *begin)
    return c.out.fail(c.row, "out-of-range",
                      fmt::format("position {} lies behind position {}", c.values[1].int64, to));
  c.out.text(c.row, c.text(0).substr(*begin, *end - *begin));
}

void replace(const call_row& c) {
  std::string_view rest = c.text(0);
  std::string made;
  std::int64_t times = c.number(3, -1);
  // The empty text stands before each character and at the end.
  const bool everywhere = c.text(1).empty();
  for (; times != 0; --times) {
    const auto at = everywhere ? 0 : rest.find(c.text(1));
    if (at == std::string_view::npos) break;
    made += rest.substr(0, at);
    made += c.text(2);
    rest.remove_prefix(at + c.text(1).size());
    if (!c.fits(made.size())) return;
    if (!everywhere) continue;
    if (rest.empty()) break;
    const auto next = first_code_point(rest);
    made += next;
    rest.remove_prefix(next.size());
  }
  made += rest;
  if (c.fits(made.size())) c.out.text(c.row, made);
}

void reverse(const call_row& c) {
  std::string made;
  made.reserve(c.text(0).size());
  for (std::size_t end = c.text(0).size(); end > 0;) {
    std::size_t begin = end - 1;
    while (begin > 0 && !begins_code_point(c.text(0)[begin])) --begin;
    made += c.text(0).substr(begin, end - begin);
    end = begin;
  }
  c.out.text(c.row, made);
}

void split(const call_row& c) {
  std::string_view rest = c.text(0);
  std::int64_t parts = c.number(2, -1);
  std::string list = "[";
  const auto put = [&](std::string_view part) {
    if (list.size() > 1) list += ',';
    append_json_string(list, part);
  };
  const bool characters = c.text(1).empty();
  bool has_rest = parts != 0 && !(characters && rest.empty());
  while (has_rest && parts != 1) {
    const auto at = characters ? first_code_point(rest).size() : rest.find(c.text(1));
    if (at == std::string_view::npos || (characters && at == rest.size())) break;
    put(rest.substr(0, at));
    rest.remove_prefix(at + c.text(1).size());
    --parts;
  }
  if (has_rest) put(rest);
  c.out.text(c.row, list + ']', value_kind::json);
}

void join(const call_row& c, json_reader& reader) {
  const std::string_view separator = c.count > 1 ? c.text(1) : std::string_view();
  std::string made;
  bool first = true;
  std::optional<value_kind> odd;
  const bool read = reader.each(c.text(0), [&](const value_view& item) {
    if (item.kind != value_kind::string) {
      odd = item.kind;
      return false;
    }
    if (!first) made += separator;
    first = false;
    made += item.text;
    return made.size() <= result_bytes_max;
  });
  if (!read) return c.out.fail(c.row, "not-json", "the nested value is not JSON");
  if (odd)
    return c.out.fail(c.row, "type-mismatch",
                      fmt::format("'join' takes a list of strings, found {} in it", name_of(*odd)));
  if (c.fits(made.size())) c.out.text(c.row, made);
}

void quote(const call_row& c) {
  constexpr std::string_view special = "\a\b\f\n\r\t\v\\\"";
  constexpr std::string_view written = "abfnrtv\\\"";
  std::string made = "\"";
  for (std::string_view rest = c.text(0); !rest.empty();) {
    const std::size_t length = utf8_length(rest);
    const auto at = special.find(rest.front());
    if (at != std::string_view::npos) {
      made += '\\';
      made += written[at];
    } else if (length == 0) {
      made += "\uFFFD";
    } else {
      made += rest.substr(0, length);
    }
    rest.remove_prefix(std::max<std::size_t>(length, 1));
  }
  c.out.text(c.row, made + '"');
}

using edit = void (*)(const call_row&);

edit editor(function_id id) {
  switch (id) {
    case function_id::char_at:
      return char_at;
    case function_id::index_of:
      return index_of;
    case function_id::last_index_of:
      return last_index_of;
    case function_id::substring:
      return substring;
    case function_id::replace:
      return replace;
    case function_id::reverse:
      return reverse;
    case function_id::split:
      return split;
    default:
      return quote;
  }
}

}  // namespace

apply edit_function(const function_entry& entry) {
  const auto each = [&entry](operands of, const row_set& rows, auto run) {
    return each_call(entry, of, rows,
                     [&](series_writer& out, std::uint32_t row, const value_view* v) {
                       run(call_row{entry, out, row, v, of.size()});
                     });
  };
  if (entry.id == function_id::join) {
    auto reader = std::make_shared<json_reader>();
    return [each, reader](operands of, const row_set& rows) {
      return each(of, rows, [&](const call_row& c) { join(c, *reader); });
    };
  }
  return [each, run = editor(entry.id)](operands of, const row_set& rows) {
    return each(of, rows, run);
  };
}

}  // namespace weir
