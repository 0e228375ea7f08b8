#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

#include "runtime/base/number.hpp"
#include "runtime/data/json_text.hpp"
#include "runtime/data/type.hpp"

namespace weir::codecs {

/// A value of JSON text that was found and checked, not yet copied anywhere.
struct scanned_value {
  value_kind kind = value_kind::null;  ///< null boolean int64 float64 string json
  bool escaped = false;                ///< a string with escapes in it
  std::uint32_t begin = 0;             ///< of its text; of a string, behind the quote
  std::uint32_t end = 0;
  std::int64_t int64 = 0;  ///< of booleans 0 or 1; of doubles unused
};

/// Reads the number that is all of the text `begin` to `end`, by JSON's grammar. A whole number
/// that fits is an int64, any other a float64, whose value is not worked out here. False: no
/// number.
inline bool scan_number(const char* begin, const char* end, scanned_value& out) {
  const auto is_digit = [](char c) { return static_cast<unsigned char>(c - '0') < 10; };
  const char* at = begin;
  const bool negative = *at == '-';
  if (negative) ++at;
  const char* digits = at;
  std::uint64_t whole = 0;
  while (at < end && is_digit(*at)) whole = whole * 10 + static_cast<std::uint64_t>(*at++ - '0');
  const auto count = at - digits;
  if (count == 0 || (count > 1 && *digits == '0')) return false;
  if (at == end) {
    out.kind = value_kind::int64;
    if (count <= 18) {
      // Minus zero is a whole number that no int64 can keep.
      if (negative && whole == 0) out.kind = value_kind::float64;
      out.int64 = negative ? -static_cast<std::int64_t>(whole) : static_cast<std::int64_t>(whole);
    } else if (const auto fits = parse_int64({begin, static_cast<std::size_t>(end - begin)})) {
      out.int64 = *fits;
    } else {
      out.kind = value_kind::float64;
    }
    return true;
  }
  out.kind = value_kind::float64;
  const auto some_digits = [&] {
    const char* first = at;
    while (at < end && is_digit(*at)) ++at;
    return at != first;
  };
  if (*at == '.') {
    ++at;
    if (!some_digits()) return false;
  }
  if (at < end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at < end && (*at == '+' || *at == '-')) ++at;
    if (!some_digits()) return false;
  }
  return at == end;
}

/// Goes over lines of JSON by their index (`json_index`), checks every byte of them, and hands the
/// members of each record to `Members`:
///
///   enum class wish { skip, take, stop };
///   wish key(std::string_view text, bool escaped);  // as it stands between the quotes
///   bool take(const scanned_value& value);          // of the last key; false: the record is bad
///
/// What is accepted is what `check_json` accepts, as far as it is an object.
template <class Members>
class json_walker {
 public:
  enum class found { record, nothing, bad };

  explicit json_walker(Members& members) : members_(members) {}

  /// Goes over `text` from here on, by its `positions`.
  void begin(std::string_view text, const std::uint32_t* positions) {
    base_ = text.data();
    size_ = static_cast<std::uint32_t>(text.size());
    at_ = positions;
    backslash_ = 0;
    backslash_known_ = false;
  }

  /// Reads the line that ends at `end`, from where the last one ended.
  found line(std::uint32_t end) {
    if (*at_ >= end) return found::nothing;
    const bool good = record(end);
    if (good && *at_ >= end) return found::record;
    while (*at_ < end) ++at_;
    return found::bad;
  }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  bool next_is(std::uint32_t end, char c) const { return *at_ < end && base_[*at_] == c; }

  bool record(std::uint32_t end) {
    if (base_[*at_++] != '{') return false;
    if (next_is(end, '}')) {
      ++at_;
      return true;
    }
    for (;;) {
      scanned_value key;
      if (!next_is(end, '"') || !string(end, key)) return false;
      const auto wish = members_.key({base_ + key.begin, key.end - key.begin}, key.escaped);
      if (wish == Members::wish::stop || !next_is(end, ':')) return false;
      ++at_;
      scanned_value value;
      if (*at_ >= end || !any_value(end, value)) return false;
      if (wish == Members::wish::take && !members_.take(value)) return false;
      if (*at_ >= end) return false;
      const char next = base_[*at_++];
      if (next == '}') return true;
      if (next != ',') return false;
    }
  }

  bool any_value(std::uint32_t end, scanned_value& out) {
    const char first = base_[*at_];
    if (first != '{' && first != '[') return plain_value(end, out);
    out.kind = value_kind::json;
    out.begin = *at_;
    if (!nested(end)) return false;
    out.end = at_[-1] + 1;
    return true;
  }

  // A value that is neither list nor map.
  bool plain_value(std::uint32_t end, scanned_value& out) {
    const std::uint32_t begin = *at_;
    const char first = base_[begin];
    if (first == '"') return string(end, out);
    ++at_;
    std::uint32_t stop = std::min(*at_, end);
    while (is_space(base_[stop - 1])) --stop;
    out.begin = begin;
    out.end = stop;
    const std::string_view text(base_ + begin, stop - begin);
    switch (first) {
      case 't':
        out.kind = value_kind::boolean;
        out.int64 = 1;
        return text == "true";
      case 'f':
        out.kind = value_kind::boolean;
        out.int64 = 0;
        return text == "false";
      case 'n':
        out.kind = value_kind::null;
        return text == "null";
      default:
        return scan_number(text.data(), text.data() + text.size(), out);
    }
  }

  // Between a string's closing quote and the next position there is only white space.
  bool string(std::uint32_t end, scanned_value& out) {
    const std::uint32_t begin = *at_++;
    std::uint32_t quote = std::min(*at_, end) - 1;
    while (quote > begin && is_space(base_[quote])) --quote;
    if (quote == begin || base_[quote] != '"') return false;
    out.kind = value_kind::string;
    out.begin = begin + 1;
    out.end = quote;
    out.escaped = has_backslash(out.begin, out.end);
    return !out.escaped || escapes_are_known({base_ + out.begin, out.end - out.begin});
  }

  // Asked with ascending texts: the next backslash is looked for once.
  bool has_backslash(std::uint32_t begin, std::uint32_t end) {
    if (!backslash_known_ || backslash_ < begin) {
      const void* next = std::memchr(base_ + begin, '\\', size_ - begin);
      backslash_known_ = true;
      backslash_ = next == nullptr
                       ? std::numeric_limits<std::uint32_t>::max()
                       : static_cast<std::uint32_t>(static_cast<const char*>(next) - base_);
    }
    return backslash_ < end;
  }

  bool nested_key(std::uint32_t end) {
    scanned_value key;
    if (!next_is(end, '"') || !string(end, key) || !next_is(end, ':')) return false;
    ++at_;
    return true;
  }

  bool nested(std::uint32_t end) {
    std::size_t depth = 1;  // the record itself
    const auto close = [&] { return is_map_[depth] ? '}' : ']'; };
    for (;;) {
      // A value is due.
      if (*at_ >= end) return false;
      const char first = base_[*at_];
      if (first == '{' || first == '[') {
        if (++depth > json_depth_max) return false;
        is_map_[depth] = first == '{';
        ++at_;
        if (!next_is(end, close())) {
          if (is_map_[depth] && !nested_key(end)) return false;
          continue;
        }
        ++at_;
        --depth;
      } else {
        scanned_value ignored;
        if (!plain_value(end, ignored)) return false;
      }
      // Behind a value: a comma and the next one, or the ends of what it lies in.
      for (; depth > 1; --depth) {
        if (*at_ >= end) return false;
        const char next = base_[*at_++];
        if (next == ',') {
          if (is_map_[depth] && !nested_key(end)) return false;
          break;
        }
        if (next != close()) return false;
      }
      if (depth == 1) return true;
    }
  }

  Members& members_;
  const char* base_ = nullptr;
  std::uint32_t size_ = 0;
  const std::uint32_t* at_ = nullptr;
  std::uint32_t backslash_ = 0;
  bool backslash_known_ = false;
  std::array<bool, json_depth_max + 1> is_map_{};
};

}  // namespace weir::codecs
