#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "runtime/base/text.hpp"
#include "runtime/expression/apply.hpp"
#include "runtime/expression/json_path.hpp"
#include "runtime/expression/result_size.hpp"
#include "runtime/expression/value_text.hpp"

namespace weir {
namespace {

constexpr int precision_max = 100;

struct clause {
  char verb = 0;
  int precision = 6;
};

// Reads the clause behind a '%'; how many characters it takes, 0 where it is none.
std::size_t read_clause(std::string_view text, clause& into) {
  std::size_t at = 0;
  if (text.starts_with('.')) {
    into.precision = 0;
    for (at = 1; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
      into.precision = std::min(into.precision * 10 + (text[at] - '0'), precision_max + 1);
    if (at == 1 || into.precision > precision_max) return 0;
  }
  if (at == text.size() || std::string_view("sdfexXob%").find(text[at]) == std::string_view::npos)
    return 0;
  into.verb = text[at];
  if (at > 0 && into.verb != 'f' && into.verb != 'e') return 0;
  return at + 1;
}

std::string in_base(std::int64_t number, char verb) {
  const bool negative = number < 0;
  const std::uint64_t magnitude =
      negative ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
  const std::string sign = negative ? "-" : "";
  switch (verb) {
    case 'b':
      return sign + fmt::format("{:b}", magnitude);
    case 'o':
      return sign + fmt::format("{:o}", magnitude);
    case 'x':
      return sign + fmt::format("{:x}", magnitude);
    default:
      return sign + fmt::format("{:X}", magnitude);
  }
}

std::string bytes_in_base_16(std::string_view bytes, char verb) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += verb == 'x' ? fmt::format("{:02x}", byte) : fmt::format("{:02X}", byte);
  }
  return out;
}

// The item as the clause writes it; none where the clause does not take it.
std::optional<std::string> filled(const clause& how, const value_view& item) {
  const bool whole = item.kind == value_kind::int64;
  const bool number = whole || item.kind == value_kind::float64;
  switch (how.verb) {
    case 's':
      if (item.kind == value_kind::bytes && !is_utf8(item.text)) return std::nullopt;
      return value_text(item);
    case 'd':
      if (whole) return value_text(item);
      return std::nullopt;
    case 'f':
    case 'e': {
      if (!number) return std::nullopt;
      const double x = whole ? static_cast<double>(item.int64) : item.float64;
      if (!std::isfinite(x)) return double_text(x);
      return how.verb == 'f' ? fmt::format("{:.{}f}", x, how.precision)
                             : fmt::format("{:.{}e}", x, how.precision);
    }
    case 'x':
    case 'X':
      if (item.kind == value_kind::string || item.kind == value_kind::bytes)
        return bytes_in_base_16(item.text, how.verb);
      break;
    case 'b':
      if (item.kind == value_kind::boolean) return item.boolean ? "1" : "0";
      break;
    default:
      break;
  }
  if (!whole) return std::nullopt;
  return in_base(item.int64, how.verb);
}

// Fills one text with the items that come one by one.
class filling {
 public:
  filling(std::string_view text, series_writer& out, std::uint32_t row)
      : rest_(text), out_(out), row_(row) {}

  // Goes to the next clause; false at the end of the text, or where it was refused.
  bool next() {
    for (;;) {
      const auto at = rest_.find('%');
      made_ += rest_.substr(0, at);
      if (at == std::string_view::npos) {
        rest_ = {};
        return false;
      }
      const auto written = rest_.substr(at);
      how_ = {};
      const std::size_t length = read_clause(written.substr(1), how_);
      if (length == 0)
        return refuse("format", fmt::format("{} is not a clause; they are '%s', '%d', '%f', '%e', "
                                            "'%b', '%o', '%x', '%X' and '%%'",
                                            quoted(written.substr(0, 2))));
      rest_ = written.substr(1 + length);
      if (how_.verb != '%') return true;
      made_ += '%';
    }
  }

  bool fill(const value_view& item) {
    const auto text = filled(how_, item);
    if (!text)
      return refuse("type-mismatch",
                    fmt::format("'%{}' does not take {}", how_.verb, name_of(item.kind)));
    made_ += *text;
    if (made_.size() > result_bytes_max) return refuse("too-long", too_long("format"));
    return true;
  }

  // Takes the next item where a clause waits for one.
  bool take(const value_view& item) {
    if (refused_ || !next()) return false;
    return fill(item);
  }

  void finish(std::size_t items) {
    if (!refused_ && next())
      refuse("format", fmt::format("the text has more clauses than the list has items: {}", items));
    if (!refused_) out_.text(row_, made_);
  }

 private:
  bool refuse(const char* code, std::string text) {
    refused_ = true;
    out_.fail(row_, code, std::move(text));
    return false;
  }

  std::string_view rest_;
  series_writer& out_;
  std::uint32_t row_;
  clause how_;
  std::string made_;
  bool refused_ = false;
};

void format_list(series_writer& out, std::uint32_t row, const value_view* v, json_reader& reader) {
  filling into(v[0].text, out, row);
  std::size_t items = 0;
  const bool read = reader.each(v[1].text, [&](const value_view& item) {
    ++items;
    return into.take(item);
  });
  if (!read) return out.fail(row, "not-json", "the nested value is not JSON");
  into.finish(items);
}

}  // namespace

apply format_function(const function_entry& entry, bool items_written) {
  if (items_written)
    return [&entry](operands of, const row_set& rows) {
      return each_row_with_nulls(
          of, rows, [&](series_writer& out, std::uint32_t row, const value_view* v) {
            if (v[0].kind == value_kind::null) return out.null(row);
            if (v[0].kind != value_kind::string)
              return out.fail(row, "type-mismatch", argument_mismatch(entry, 0, v[0].kind));
            filling into(v[0].text, out, row);
            for (std::size_t i = 1; i < of.size(); ++i)
              if (!into.take(v[i])) break;
            into.finish(of.size() - 1);
          });
    };
  auto reader = std::make_shared<json_reader>();
  return [&entry, reader](operands of, const row_set& rows) {
    return each_call(entry, of, rows,
                     [&](series_writer& out, std::uint32_t row, const value_view* v) {
                       format_list(out, row, v, *reader);
                     });
  };
}

}  // namespace weir
