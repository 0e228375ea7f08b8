#include "actors/codecs/ndjson_writer.hpp"

#include <algorithm>
#include <cstring>

#include "actors/codecs/byte_lanes.hpp"
#include "actors/codecs/json_index.hpp"
#include "actors/codecs/put_int64.hpp"

namespace weir::codecs {
namespace {

// A text of at most this many bytes is a short piece: with a key before it, a quote and a comma
// behind it, and what copying by blocks writes behind that.
constexpr std::size_t short_text_max = text_buffer::piece_max - 128;

// By the highest bit of each lane: what is no plain character of a string. Controls, but not
// spaces, are less than '!' also where the second bit is changed, and a quote then is the space's
// neighbour.
[[gnu::always_inline]] inline byte_lanes is_special(byte_lanes b) {
  return less_by(b ^ 2, 0x21) | b | (b == '\\');
}

// Puts a text, without quotes. False: something in it has to be escaped, and nothing was put that
// counts.
[[gnu::always_inline]] inline bool put_plain(char* at, std::string_view text) {
  // One comparison: less than an empty one is more than any.
  if (text.size() - 1 >= short_text_max) return false;
  return !copy_and_test<4>(at, text, [](byte_lanes b) { return is_special(b); });
}

// The same of a text that lies in its reference, and so in one load.
[[gnu::always_inline]] inline bool put_plain_short(char* at, std::string_view text) {
  static_assert(string_ref::inline_max < lane_count);
  const auto lanes = load_lanes(text.data());
  store_lanes(at, lanes);
  const std::uint32_t in_text = (std::uint32_t{1} << text.size()) - 1;
  return (lane_bits(is_special(lanes)) & in_text) == 0;
}

// A text that is not plain, without its first quote: of other letters than ASCII's, or with
// something to escape.
[[gnu::noinline]] char* put_special(text_buffer& out, char* at, std::string_view text) {
  const auto is_escaped = [](byte_lanes b) {
    return ((b & ~0x1F) == 0) | (b == '"') | (b == '\\');
  };
  if (!text.empty() && text.size() <= short_text_max && !copy_and_test<4>(at, text, is_escaped) &&
      is_utf8_fast(text)) {
    at[text.size()] = '"';
    return at + text.size() + 1;
  }
  return out.append_at(at - 1, [&](std::string& to) { append_json_string(to, text); });
}

}  // namespace

ndjson_writer::key_text::key_text(std::string_view name) {
  append_json_string(text_, name);
  text_ += ':';
  size_ = text_.size();
  text_ += '"';
  text_.append(copy_step, '\0');
}

void ndjson_writer::learn_keys(const schema_ptr& columns) {
  if (known_ == columns) return;
  known_ = columns;
  keys_.clear();
  for (const auto& f : columns->fields()) keys_.emplace_back(f.name);
}

ndjson_writer::member ndjson_writer::member_of(const key_text& key, const open_column& from) const {
  member out{.key = key.text().data(), .key_size = key.text().size(), .name = &key, .from = &from};
  const bool writes_nulls = nulls_ == nulls_written::yes && !from.never_null;
  if (writes_nulls || key.text().size() >= copy_step) return out;
  out.validity = from.validity;
  if (from.storage == storage_kind::string && from.only_data != nullptr) {
    out.how = from.data.empty() ? member::way::short_text : member::way::text;
    ++out.key_size;
  } else if (from.storage == storage_kind::timestamp) {
    out.how = member::way::timestamp;
    ++out.key_size;
  } else if (from.storage == storage_kind::int64) {
    out.how = member::way::int64;
  }
  return out;
}

// The columns, and the orders in which records have them: first that of the columns themselves.
// Columns without a value are left out where nulls are not written.
void ndjson_writer::meet(const chunk& from) {
  learn_keys(from.shared_schema());
  columns_.clear();
  for (const auto& c : from.columns()) columns_.emplace_back(*c);
  std::vector<bool> named(columns_.size());
  const auto add = [&](std::vector<member>& order, std::size_t number) {
    const open_column& column = columns_[number];
    named[number] = true;
    if (column.storage != storage_kind::null || nulls_ == nulls_written::yes)
      order.push_back(member_of(keys_[number], column));
  };
  const auto add_rest = [&](std::vector<member>& order) {
    for (std::size_t number = 0; number < columns_.size(); ++number)
      if (!named[number]) add(order, number);
    named.assign(columns_.size(), false);
  };
  orders_.clear();
  add_rest(orders_.emplace_back());
  if (!from.orders()) return;
  for (const auto& listed : from.orders()->orders) {
    auto& order = orders_.emplace_back();
    for (const auto number : listed) add(order, number);
    add_rest(order);
  }
}

// A member that is not written in a way of its own, with its comma.
char* ndjson_writer::put_rare(text_buffer& out, char* at, const member& what, std::uint32_t row) {
  const open_column& from = *what.from;
  const bool is_null = from.is_null(row);
  if (is_null && nulls_ == nulls_written::no) return at;
  at = out.with_room(at);
  const std::string_view key = what.name->text();
  if (key.size() <= short_text_max / 2) {
    copy_lanes(at, key);
    at += key.size();
  } else {
    at = out.append_at(at, [&](std::string& to) { to += key; });
  }
  std::string_view text;
  if (!is_null && from.storage == storage_kind::float64) text = from.number_text(row);
  if (is_null) text = "null";
  if (!text.empty() && text.size() <= short_text_max / 2) {
    std::memcpy(at, text.data(), text.size());
    at += text.size();
  } else {
    at = out.append_at(at, [&](std::string& to) { append_json(to, from.whole->at(row)); });
  }
  *at++ = ',';
  return at;
}

// Each member ends with a comma, of which the last is taken back.
char* ndjson_writer::put_record(text_buffer& out, char* at, std::uint32_t row,
                                std::span<const member> order) {
  at = out.with_room(at);
  *at++ = '{';
  for (const member& m : order) {
    if (m.validity != nullptr && (m.validity[row >> 6] >> (row & 63) & 1) == 0) continue;
    if (m.how == member::way::rare) {
      at = put_rare(out, at, m, row);
      continue;
    }
    at = out.with_room(at);
    put_step(at, m.key);
    at += m.key_size;
    switch (m.how) {
      case member::way::text:
      case member::way::short_text: {
        const bool is_short = m.how == member::way::short_text;
        const auto text = is_short ? m.from->short_text(row) : m.from->text_in_one(row);
        if (!(is_short ? put_plain_short(at, text) : put_plain(at, text))) [[unlikely]] {
          at = put_special(out, at, text);
          *at++ = ',';
          continue;
        }
        at += text.size();
        break;
      }
      case member::way::timestamp: {
        const auto text = last_time_.text(m.from->int64s[row]);
        static_assert(timestamp_text_max <= copy_step);
        put_step(at, text.data());
        at += text.size();
        break;
      }
      default:
        at = put_int64(at, m.from->int64s[row]);
        *at++ = ',';
        continue;
    }
    at[0] = '"';
    at[1] = ',';
    at += 2;
  }
  if (at[-1] == ',') --at;
  *at++ = '}';
  *at++ = '\n';
  return at;
}

void ndjson_writer::write(const chunk& from, text_buffer& out,
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
  char* at = out.end();
  const key_orders* listed = from.orders().get();
  from.each_row([&](std::uint32_t row) {
    at = put_record(out, at, row, orders_[listed == nullptr ? 0 : listed->of_row[row]]);
  });
  out.end_at(at);
}

}  // namespace weir::codecs
