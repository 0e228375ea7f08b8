#include <algorithm>
#include <array>
#include <unordered_map>

#include "runtime/expression/apply.hpp"
#include "runtime/expression/code_points.hpp"
#include "runtime/expression/json_path.hpp"
#include "runtime/expression/known_texts.hpp"
#include "runtime/expression/pattern.hpp"

namespace weir {
namespace {

// Patterns that come with the records are kept; when there are too many, all are forgotten.
constexpr std::size_t patterns_max = 64;

// Unicode's White_Space beyond ASCII, in UTF-8.
constexpr std::array<std::string_view, 19> wide_spaces = {
    "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
    "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a",
    "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};

std::size_t space_at_head(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() == ' ' || (text.front() >= '\t' && text.front() <= '\r')) return 1;
  for (const auto s : wide_spaces)
    if (text.starts_with(s)) return s.size();
  return 0;
}

std::size_t space_at_tail(std::string_view text) {
  if (text.empty()) return 0;
  if (text.back() == ' ' || (text.back() >= '\t' && text.back() <= '\r')) return 1;
  for (const auto s : wide_spaces)
    if (text.ends_with(s)) return s.size();
  return 0;
}

std::string_view trimmed(std::string_view text) {
  while (const auto space = space_at_head(text)) text.remove_prefix(space);
  while (const auto space = space_at_tail(text)) text.remove_suffix(space);
  return text;
}

template <char First, char Last>
void flip_case(std::string& text) {
  for (char& c : text)
    if (c >= First && c <= Last) c = static_cast<char>(c ^ 0x20);
}

// Whether a test of a text costs more than to find out if the text was tested before.
enum class test_cost : std::uint8_t { cheap, dear };

// Tests each distinct text once.
template <class Test>
void test_distinct(const series& a, const series& states, const row_set& rows, std::uint8_t* values,
                   Test test) {
  known_texts known;
  rows.each([&](std::uint32_t row) {
    if (states.state(row) != 0) return;
    const std::string_view text = a.text(row);
    const std::uint32_t before = known.row_of(text, row);
    values[row] = before != known_texts::unknown ? values[before] : test(text) ? 1 : 0;
  });
}

// string, string -> bool. `test` sees only rows that have both.
template <class Test>
series test_texts(const function_entry& entry, operands of, const row_set& rows, test_cost cost,
                  Test test) {
  const series& a = *of[0];
  const series& b = *of[1];
  if (a.storage == storage_kind::string && b.storage == storage_kind::string) {
    series out;
    auto* values = make_values<std::uint8_t>(out, storage_kind::boolean, rows);
    join_states(out, of, rows);
    const std::string_view fixed = b.constant ? b.text(0) : std::string_view();
    if (cost == test_cost::dear && b.constant && !a.constant) {
      test_distinct(a, out, rows, values, [&](std::string_view text) { return test(text, fixed); });
      return out;
    }
    if (b.constant && !a.constant && out.states == nullptr) {
      const auto* texts = a.array<string_ref>();
      rows.each([&, data = a.data](std::uint32_t row) {
        values[row] = test(texts[row].in(data), fixed) ? 1 : 0;
      });
      return out;
    }
    rows.each([&](std::uint32_t row) {
      const std::string_view other = b.constant || out.state(row) != 0 ? fixed : b.text(row);
      values[row] = out.state(row) == 0 && test(a.text(a.constant ? 0 : row), other) ? 1 : 0;
    });
    return out;
  }
  return each_call(entry, of, rows,
                   [&](series_writer& out, std::uint32_t row, const value_view* v) {
                     out.boolean(row, test(v[0].text, v[1].text));
                   });
}

series sizes(const function_entry& entry, json_reader& reader, operands of, const row_set& rows) {
  const series& a = *of[0];
  if (a.storage == storage_kind::string || a.storage == storage_kind::bytes) {
    series out;
    auto* values = make_values<std::int64_t>(out, storage_kind::int64, rows);
    join_states(out, of, rows);
    const bool characters = a.storage == storage_kind::string;
    rows.each([&](std::uint32_t row) {
      const auto text = out.state(row) != 0 ? std::string_view() : a.text(a.constant ? 0 : row);
      values[row] = characters ? code_points(text) : static_cast<std::int64_t>(text.size());
    });
    return out;
  }
  return each_call(entry, of, rows,
                   [&](series_writer& out, std::uint32_t row, const value_view* v) {
                     switch (v->kind) {
                       case value_kind::string:
                         return out.int64(row, code_points(v->text));
                       case value_kind::bytes:
                         return out.int64(row, static_cast<std::int64_t>(v->text.size()));
                       default:
                         if (const auto size = reader.size(v->text)) return out.int64(row, *size);
                         out.fail(row, "not-json", "the nested value is not JSON");
                     }
                   });
}

template <class Change>
series changed_texts(const function_entry& entry, operands of, const row_set& rows, Change change) {
  const series& a = *of[0];
  if (a.storage == storage_kind::string) {
    series out;
    auto* values = make_values<string_ref>(out, storage_kind::string, rows);
    join_states(out, of, rows);
    text_arena arena;
    std::string scratch;
    known_texts known;
    rows.each([&](std::uint32_t row) {
      const auto text = out.state(row) != 0 ? std::string_view() : a.text(a.constant ? 0 : row);
      const std::uint32_t before = known.row_of(text, row);
      if (before != known_texts::unknown) {
        values[row] = values[before];
        return;
      }
      scratch = text;
      change(scratch);
      values[row] = arena.store(scratch);
    });
    arena.keep_in(out);
    return out;
  }
  return each_call(entry, of, rows,
                   [&](series_writer& out, std::uint32_t row, const value_view* v) {
                     std::string text(v->text);
                     change(text);
                     out.text(row, text);
                   });
}

// A pattern for each distinct text that was met; none where it is no pattern.
class pattern_cache {
 public:
  const pattern* find(std::string_view text) {
    const auto known = patterns_.find(std::string(text));
    if (known != patterns_.end()) return known->second ? &*known->second : nullptr;
    if (patterns_.size() == patterns_max) patterns_.clear();
    auto compiled = pattern::compile(text);
    auto& kept = patterns_[std::string(text)];
    if (compiled) kept.emplace(std::move(*compiled));
    return kept ? &*kept : nullptr;
  }

 private:
  std::unordered_map<std::string, std::optional<pattern>> patterns_;
};

apply match_function(const function_entry& entry, const series* fixed) {
  if (fixed != nullptr && fixed->storage == storage_kind::string) {
    auto compiled = pattern::compile(fixed->text(0));
    if (compiled) {
      auto ready = std::make_shared<const pattern>(std::move(*compiled));
      return [&entry, ready](operands of, const row_set& rows) {
        return test_texts(entry, of, rows, test_cost::dear,
                          [&](std::string_view text, auto) { return ready->matches(text); });
      };
    }
  }
  auto cache = std::make_shared<pattern_cache>();
  return [&entry, cache](operands of, const row_set& rows) {
    return each_call(entry, of, rows,
                     [&](series_writer& out, std::uint32_t row, const value_view* v) {
                       if (const pattern* found = cache->find(v[1].text))
                         return out.boolean(row, found->matches(v[0].text));
                       const auto refused = pattern::compile(v[1].text);
                       out.fail(row, "pattern", refused.error().text);
                     });
  };
}

}  // namespace

apply text_function(const function_entry& entry, operands constants) {
  switch (entry.id) {
    case function_id::contains:
      return [&entry](operands of, const row_set& rows) {
        return test_texts(entry, of, rows, test_cost::dear,
                          [](std::string_view text, std::string_view part) {
                            return text.find(part) != std::string_view::npos;
                          });
      };
    case function_id::starts_with:
      return [&entry](operands of, const row_set& rows) {
        return test_texts(
            entry, of, rows, test_cost::cheap,
            [](std::string_view text, std::string_view part) { return text.starts_with(part); });
      };
    case function_id::ends_with:
      return [&entry](operands of, const row_set& rows) {
        return test_texts(
            entry, of, rows, test_cost::cheap,
            [](std::string_view text, std::string_view part) { return text.ends_with(part); });
      };
    case function_id::matches:
      return match_function(entry, constants[1]);
    case function_id::lower_ascii:
      return [&entry](operands of, const row_set& rows) {
        return changed_texts(entry, of, rows, flip_case<'A', 'Z'>);
      };
    case function_id::upper_ascii:
      return [&entry](operands of, const row_set& rows) {
        return changed_texts(entry, of, rows, flip_case<'a', 'z'>);
      };
    case function_id::trim:
      return [&entry](operands of, const row_set& rows) {
        return changed_texts(entry, of, rows,
                             [](std::string& text) { text = std::string(trimmed(text)); });
      };
    default: {
      auto reader = std::make_shared<json_reader>();
      return [&entry, reader](operands of, const row_set& rows) {
        return sizes(entry, *reader, of, rows);
      };
    }
  }
}

}  // namespace weir
