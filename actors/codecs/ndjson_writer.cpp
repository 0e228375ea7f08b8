#include "actors/codecs/ndjson_writer.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "actors/codecs/byte_lanes.hpp"
#include "actors/codecs/json_index.hpp"

namespace weir::codecs {
namespace {

constexpr std::size_t int64_text_max = 20;

// A text of at most this many bytes is put into the block of gathered text: with a comma, quotes
// and what copying by blocks writes behind it. Twice, for a key and its value.
constexpr std::size_t short_text_max = gathered_text::piece_max / 2 - 64;

// Puts a text without quotes at `at + 1`, with quotes around it. False: something in it has to be
// escaped, and nothing was put that counts.
bool put_plain(char* at, std::string_view text) {
  if (text.empty() || text.size() > short_text_max) return false;
  // Lanes are signed: below the space are control characters, and all that is not ASCII.
  const auto is_special = [](byte_lanes b) { return (b < 0x20) | (b == '"') | (b == '\\'); };
  if (copy_and_test(at + 1, text, is_special)) return false;
  at[0] = at[text.size() + 1] = '"';
  return true;
}

// A text that is not plain: of other letters than ASCII's, or with something to escape.
[[gnu::noinline]] char* put_special(gathered_text& out, char* at, std::string_view text) {
  const auto is_escaped = [](byte_lanes b) {
    return ((b & ~0x1F) == 0) | (b == '"') | (b == '\\');
  };
  if (!text.empty() && text.size() <= short_text_max && !copy_and_test(at + 1, text, is_escaped) &&
      is_utf8_fast(text)) {
    at[0] = at[text.size() + 1] = '"';
    return at + text.size() + 2;
  }
  append_json_string(out.flush(at), text);
  return out.begin();
}

// The same as `append_json` for a row that is not null.
char* put_value(gathered_text& out, char* at, const open_column& from, std::uint32_t row,
                last_timestamp& last) {
  switch (from.storage) {
    case storage_kind::string: {
      const auto text = from.text(row);
      return put_plain(at, text) ? at + text.size() + 2 : put_special(out, at, text);
    }
    case storage_kind::int64:
      return std::to_chars(at, at + int64_text_max, from.int64s[row]).ptr;
    case storage_kind::timestamp: {
      const auto text = last.text(from.int64s[row]);
      put_plain(at, text);
      return at + text.size() + 2;
    }
    case storage_kind::float64:
      if (const auto text = from.number_text(row); !text.empty() && text.size() <= short_text_max) {
        copy_lanes(at, text);
        return at + text.size();
      }
      break;
    default:
      break;
  }
  append_json(out.flush(at), from.whole->at(row));
  return out.begin();
}

}  // namespace

ndjson_writer::key_text::key_text(std::string_view name) {
  append_json_string(text_, name);
  text_ += ':';
  size_ = text_.size();
  text_.append(lane_count, '\0');
}

void ndjson_writer::learn_keys(const schema_ptr& columns) {
  if (known_ == columns) return;
  known_ = columns;
  keys_.clear();
  for (const auto& f : columns->fields()) keys_.emplace_back(f.name);
}

// The columns, and the orders in which records have them: first that of the columns themselves.
void ndjson_writer::meet(const chunk& from) {
  learn_keys(from.shared_schema());
  columns_.clear();
  for (const auto& c : from.columns()) columns_.emplace_back(*c);
  const auto count = static_cast<std::uint32_t>(columns_.size());
  orders_.assign(1, std::vector<std::uint32_t>(count));
  std::iota(orders_[0].begin(), orders_[0].end(), 0);
  if (!from.orders()) return;
  for (const auto& listed : from.orders()->orders) {
    auto& order = orders_.emplace_back(listed);
    std::vector<bool> named(count);
    for (const auto number : listed) named[number] = true;
    for (std::uint32_t number = 0; number < count; ++number)
      if (!named[number]) order.push_back(number);
  }
}

char* ndjson_writer::put_record(gathered_text& out, char* at, std::uint32_t row,
                                const std::vector<std::uint32_t>& order) {
  char before = '{';
  for (const auto number : order) {
    const open_column& from = columns_[number];
    const bool is_null = from.is_null(row);
    if (is_null && nulls_ == nulls_written::no) continue;
    at = out.with_room(at);
    *at++ = before;
    before = ',';
    const std::string_view key = keys_[number].text();
    if (key.size() <= short_text_max) {
      copy_lanes(at, key);
      at += key.size();
    } else {
      out.flush(at) += key;
      at = out.begin();
    }
    if (!is_null) {
      at = put_value(out, at, from, row, last_time_);
    } else {
      out.flush(at) += "null";
      at = out.begin();
    }
  }
  at = out.with_room(at);
  if (before == '{') *at++ = '{';
  *at++ = '}';
  *at++ = '\n';
  return at;
}

void ndjson_writer::write(const chunk& from, std::string& out,
                          std::vector<refused_record>& /*refused*/) {
  // A raw record has its nulls where it was written with them, and no others.
  const auto& raw = from.raw();
  if (raw && raw->format == "ndjson" && nulls_ == nulls_written::no) {
    from.each_row([&](std::uint32_t row) {
      out += raw->text->string(row);
      out += '\n';
    });
    return;
  }
  meet(from);
  gathered_text text(out);
  char* at = text.begin();
  const key_orders* listed = from.orders().get();
  from.each_row([&](std::uint32_t row) {
    at = put_record(text, at, row, orders_[listed == nullptr ? 0 : listed->of_row[row]]);
  });
  text.flush(at);
}

}  // namespace weir::codecs
