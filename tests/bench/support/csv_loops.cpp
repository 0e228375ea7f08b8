#include "tests/bench/support/csv_loops.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "actors/codecs/byte_lanes.hpp"
#include "actors/codecs/scan_number.hpp"
#include "runtime/base/number.hpp"
#include "runtime/data/json_text.hpp"
#include "tests/bench/support/block_output.hpp"
#include "tests/bench/support/ndjson_loop.hpp"

namespace weir::testing {
namespace {

using codecs::byte_lanes;
using codecs::lane_bits;
using codecs::lane_count;
using codecs::load_lanes;
using codecs::store_lanes;

constexpr std::size_t key_count = 10;
constexpr std::array<std::string_view, key_count> keys = {
    "ts", "level", "host", "method", "path", "status", "bytes", "duration_ms", "user_agent", "msg"};
// What stands between the values of a line of the usual form.
constexpr std::array<std::string_view, key_count> before = {
    "{\"ts\":",     ",\"level\":", ",\"host\":",        ",\"method\":",     ",\"path\":",
    ",\"status\":", ",\"bytes\":", ",\"duration_ms\":", ",\"user_agent\":", ",\"msg\":"};

// The bits of which one at least is set in all but control characters.
constexpr signed char not_control = ~0x1F;

// Goes over records, and writes each value as it is found. A record of another form than the usual
// is begun again by way of simdjson.
class csv_loop {
 public:
  explicit csv_loop(const std::string& output) : out_(output), any_form_(keys) {}

  void run(const std::vector<std::string>& inputs) {
    char* to = out_.at();
    for (const auto key : keys) {
      to = put(to, key);
      *to++ = key == keys.back() ? '\n' : ',';
    }
    out_.filled(to);
    for (const auto& path : inputs) {
      line_pieces pieces(path);
      for (auto piece = pieces.next(); !piece.empty(); piece = pieces.next()) each_line(piece);
    }
    out_.write();
  }

 private:
  static char* put(char* to, std::string_view text) {
    std::memcpy(to, text.data(), text.size());
    return to + text.size();
  }

  void each_line(std::string_view piece) {
    const bool is_utf8 = simdjson::validate_utf8(piece.data(), piece.size());
    const char* end = piece.data() + piece.size();
    for (const char* line = piece.data(); line < end;) {
      char* to = out_.at();
      const char* next = is_utf8 ? usual_line(line, end, to) : nullptr;
      if (next == nullptr) {
        const void* found = std::memchr(line, '\n', static_cast<std::size_t>(end - line));
        next = found == nullptr ? end : static_cast<const char*>(found) + 1;
        to = out_.at();
        any_form_.each_record_of({line, static_cast<std::size_t>(next - line)},
                                 [&](const auto& record) { to = put_record(to, record); });
      }
      out_.filled(to);
      line = next;
    }
  }

  // Where the next line begins; null if this one is not of the usual form.
  const char* usual_line(const char* at, const char* end, char*& to) {
    for (std::size_t i = 0; i < key_count; ++i) {
      if (std::memcmp(at, before[i].data(), before[i].size()) != 0) return nullptr;
      at += before[i].size();
      if (i > 0) *to++ = ',';
      at = *at == '"' ? text(at + 1, end, to, quotes_[i]) : number(at, end, to);
      if (at == nullptr) return nullptr;
    }
    if (at + 1 >= end || at[0] != '}' || at[1] != '\n') return nullptr;
    *to++ = '\n';
    return at + 2;
  }

  // Copies a string to its closing quote. Whether it needs quotes in CSV is guessed to be as it was
  // in the line before; where that was wrong, it is moved by one.
  const char* text(const char* from, const char* end, char*& to, bool& needs_quotes) {
    const char* const begin = from;
    char* const first = to;
    const std::size_t guessed = needs_quotes ? 1 : 0;
    to += guessed;
    std::uint32_t commas = 0;
    for (;; from += lane_count, to += lane_count) {
      if (from >= end) return nullptr;
      const auto block = load_lanes(from);
      store_lanes(to, block);
      const auto stops = lane_bits((block == '"') | (block == '\\') | ((block & not_control) == 0));
      const auto found = lane_bits(block == ',');
      if (stops == 0) {
        commas |= found;
        continue;
      }
      const auto length = static_cast<unsigned>(std::countr_zero(stops));
      commas |= found & ((std::uint32_t{1} << length) - 1);
      from += length;
      to += length;
      break;
    }
    if (from < end && *from == '\\') return escaped_text(begin, end, to = first);
    if (from >= end || *from != '"') return nullptr;
    const auto size = static_cast<std::size_t>(from - begin);
    needs_quotes = commas != 0 || size == 0;
    const std::size_t before_text = needs_quotes ? 1 : 0;
    if (before_text != guessed) std::memmove(first + before_text, first + guessed, size);
    to = first + before_text + size;
    if (needs_quotes) *first = *to++ = '"';
    return from + 1;
  }

  const char* escaped_text(const char* from, const char* end, char*& to) {
    const char* at = from;
    for (; at < end && *at != '"'; ++at) {
      if (*at == '\\') ++at;
      if (at < end && static_cast<unsigned char>(*at) < 0x20) return nullptr;
    }
    if (at >= end) return nullptr;
    text_.clear();
    if (!append_unescaped(text_, {from, static_cast<std::size_t>(at - from)})) return nullptr;
    to = put_field(to, text_);
    return at + 1;
  }

  static char* put_field(char* to, std::string_view text) {
    const auto is_special = [](char c) { return c == ',' || c == '"' || c == '\n' || c == '\r'; };
    const bool needs_quotes = text.empty() || std::any_of(text.begin(), text.end(), is_special);
    if (needs_quotes) *to++ = '"';
    for (const char c : text) {
      if (c == '"') *to++ = '"';
      *to++ = c;
    }
    if (needs_quotes) *to++ = '"';
    return to;
  }

  static const char* number(const char* from, const char* end, char*& to) {
    const char* at = from;
    const auto digits = [&] {
      const char* first = at;
      while (static_cast<unsigned char>(*at - '0') < 10) ++at;
      return at - first;
    };
    if (*at == '-') ++at;
    const bool leads_with_zero = *at == '0';
    const auto whole = digits();
    if (whole == 0 || (leads_with_zero && whole > 1)) return nullptr;
    if (*at == '.' && (++at, digits() == 0)) return nullptr;
    // Others have an exponent, or are words.
    if (at >= end || (*at != ',' && *at != '}')) return nullptr;
    codecs::copy_lanes(to, {from, static_cast<std::size_t>(at - from)});
    to += at - from;
    return at;
  }

  char* put_record(char* to, const ndjson_loop<key_count>::texts& record) {
    for (std::size_t i = 0; i < key_count; ++i) {
      if (i > 0) *to++ = ',';
      const std::string_view value = record[i];
      if (value.empty() || value == "null") continue;
      if (value.front() != '"') {
        to = put(to, value);
        continue;
      }
      text_.clear();
      append_unescaped(text_, value.substr(1, value.size() - 2));
      to = put_field(to, text_);
    }
    *to++ = '\n';
    return to;
  }

  block_output out_;
  ndjson_loop<key_count> any_form_;
  std::array<bool, key_count> quotes_{};
  std::string text_;
};

void require(bool is_good) {
  if (!is_good) throw std::runtime_error("a line is not of the expected form");
}

// The ends of the fields in a piece of whole lines, a field at a time.
class field_ends {
 public:
  explicit field_ends(std::string_view piece) : piece_(piece) { look(); }

  /// The place of the next comma or line end.
  std::size_t next() {
    while (bits_ == 0) {
      block_ += 4 * lane_count;
      require(block_ < piece_.size());
      look();
    }
    const auto at = block_ + static_cast<unsigned>(std::countr_zero(bits_));
    bits_ &= bits_ - 1;
    return at;
  }

 private:
  void look() {
    bits_ = 0;
    byte_lanes quotes{};
    for (unsigned i = 0; i < 4; ++i) {
      const auto block = load_lanes(piece_.data() + block_ + i * lane_count);
      bits_ |= std::uint64_t{lane_bits((block == ',') | (block == '\n'))} << i * lane_count;
      quotes |= block == '"';
    }
    require(lane_bits(quotes) == 0);
  }

  std::string_view piece_;
  std::size_t block_ = 0;
  std::uint64_t bits_ = 0;
};

struct count_and_sum {
  std::uint64_t count = 0;
  double sum = 0;
};

void add_lines(std::string_view piece, count_and_sum& total) {
  constexpr int columns = 8;
  constexpr int summed = 3;
  require(simdjson::validate_utf8(piece.data(), piece.size()));
  field_ends ends(piece);
  for (std::size_t begin = 0; begin < piece.size();) {
    for (int column = 0; column < columns; ++column) {
      const auto end = ends.next();
      require(piece[end] == (column + 1 < columns ? ',' : '\n'));
      if (column == summed && end > begin) {
        codecs::scanned_value number;
        require(codecs::scan_number_in_buffer(piece.substr(begin, end - begin), number));
        total.sum +=
            number.kind == value_kind::int64 ? static_cast<double>(number.int64) : number.float64;
      }
      begin = end + 1;
    }
    ++total.count;
  }
}

}  // namespace

void columns_by_hand(const std::vector<std::string>& inputs, const std::string& output) {
  csv_loop(output).run(inputs);
}

void sum_by_hand(const std::vector<std::string>& inputs, const std::string& output) {
  constexpr std::string_view header = "id,ts_ms,sensor,x,y,z,temp,count\n";
  count_and_sum total;
  for (const auto& path : inputs) {
    line_pieces pieces(path);
    auto piece = pieces.next();
    require(piece.starts_with(header));
    for (piece.remove_prefix(header.size()); !piece.empty(); piece = pieces.next())
      add_lines(piece, total);
  }
  std::string text = fmt::format("{{\"records\":{},\"sum\":", total.count);
  append_number(text, total.sum);
  text += "}\n";
  block_output out(output);
  std::memcpy(out.at(), text.data(), text.size());
  out.filled(out.at() + text.size());
  out.write();
}

}  // namespace weir::testing
