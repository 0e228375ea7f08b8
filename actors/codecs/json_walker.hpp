#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "actors/codecs/json_index.hpp"
#include "actors/codecs/key_name.hpp"
#include "actors/codecs/scan_number.hpp"
#include "actors/codecs/usual_member.hpp"
#include "runtime/data/json_text.hpp"

namespace weir::codecs {

/// Goes over lines of JSON by their index (`json_index`), checks every byte of them, and hands the
/// members of each record to `Members`:
///
///   enum class wish { skip, take, stop };
///   const key_name* expected();  // the key that is likely to come next, or none
///   wish take_expected();        // it has come
///   wish key(std::string_view text, bool escaped);  // any key, as it stands between the quotes
///   bool take(scanned_value& value);  // of the key that came last; false: the record is bad
///   bool take_text(std::uint32_t begin, std::uint32_t end);  // the same of a string as it stands
///   // The same of a member that `usual_line` was told of, for a row.
///   bool take_usual(usual_member& member, std::size_t row, scanned_value& value);
///
/// What is accepted is what `check_json` accepts, as far as it is an object.
///
/// Requires: `key_name::bytes_read` bytes may be read behind the text.
template <class Members>
class json_walker {
 public:
  enum class found { record, nothing, bad };

  explicit json_walker(Members& members) : members_(members) {}

  /// Goes over `text` from here on, by its index.
  void begin(std::string_view text, const json_index& index) {
    base_ = text.data();
    size_ = static_cast<std::uint32_t>(text.size());
    at_ = index.positions();
    positions_end_ = at_ + index.size();
    find_backslash(0);
  }

  /// Reads the line that ends at `end`, from where the last one ended.
  found line(std::uint32_t end) {
    if (*at_ >= end) return found::nothing;
    const bool good = record(end);
    if (good && *at_ >= end) return found::record;
    while (*at_ < end) ++at_;
    return found::bad;
  }

  /// Reads the line at `begin` if it is a good record, not empty, that has no white space between
  /// its members, as most have: then no line end has to be looked for. Answers where the line ends;
  /// `begin`, and nothing is moved on, if it is any other.
  std::uint32_t compact_line(std::uint32_t begin) {
    const std::uint32_t* const before = at_;
    const std::uint32_t backslash = backslash_;
    if (*at_ == begin && compact_record())
      if (const auto end = line_end_at(at_[-1] + 1)) return *end;
    at_ = before;
    backslash_ = backslash;
    return begin;
  }

  /// Whether the line at `begin` may be one that `usual_line` reads: a look at its first key, to be
  /// taken before more is done.
  bool may_be_usual(std::uint32_t begin, std::span<const usual_member> usual) const {
    if (usual.empty() || *at_ != begin || !has_positions(at_, std::ssize(usual))) return false;
    const usual_member& first = usual.front();
    return at_[3] == begin + 1 + first.key_size && first.name->begins(base_ + begin + 1);
  }

  /// The same as `compact_line` for a record that has the members `usual` and no others, in their
  /// order. Their values go into row `row` of the arrays; texts lie at `shift` and their position
  /// in the shared buffer. What the row holds does not count where `begin` is answered.
  std::uint32_t usual_line(std::uint32_t begin, std::span<usual_member> usual, std::size_t row,
                           std::uint32_t shift) {
    const std::uint32_t* const before = at_;
    const std::uint32_t backslash = backslash_;
    if (*at_ == begin)
      if (const std::uint32_t* last = usual_record(usual, row, shift))
        if (const auto end = line_end_at(*last + 1)) {
          at_ = last + 1;
          return *end;
        }
    at_ = before;
    backslash_ = backslash;
    return begin;
  }

 private:
  using wish = typename Members::wish;

  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  bool next_is(std::uint32_t end, char c) const { return *at_ < end && base_[*at_] == c; }

  // Each round takes four positions: of a key and its colon, of a value and what stands behind it.
  // The last of them lies in the text, so all do; and as each part begins where the one before it
  // ends, there is no white space. An escape that means nothing is found as in any other line.
  bool compact_record() {
    const char* const base = base_;
    const std::uint32_t size = size_;
    Members& members = members_;
    const std::uint32_t* at = at_;
    if (base[*at] != '{') return false;
    for (;;) {
      const std::uint32_t key = at[0] + 1;
      const std::uint32_t value = at[3];
      const std::uint32_t next = at[4];
      if (next >= size) return false;
      wish wanted = wish::stop;
      if (const key_name* guess = members.expected();
          guess != nullptr && value == key + guess->member_size() && guess->begins(base + key)) {
        // All of it stands there, so its positions are what they have to be.
        wanted = members.take_expected();
      } else {
        wanted = compact_key(key, at[1], at[2], value);
      }
      if (wanted == wish::stop) return false;
      at += 4;
      if (is_plain_text(value, next)) {
        if (wanted == wish::take && !members.take_text(value + 1, next - 1)) return false;
      } else {
        scanned_value other;
        at = compact_value(at, other);
        if (at == nullptr || (wanted == wish::take && !members.take(other))) return false;
      }
      if (base[*at] == '}') break;
      if (base[*at] != ',') return false;
    }
    at_ = at + 1;
    return true;
  }

  // A key and its colon, from `key` to `value`, by their positions.
  wish compact_key(std::uint32_t key, std::uint32_t quote, std::uint32_t colon,
                   std::uint32_t value) {
    if (key != quote || value != colon + 1 || base_[key] != '"' || base_[colon] != ':' ||
        base_[colon - 1] != '"' || has_backslash(key, colon))
      return wish::stop;
    return members_.key({base_ + key + 1, colon - key - 2}, false);
  }

  // The members of a record, which are all that it has. Answers the position of the brace that
  // closes it, null if it is any other record. As a key and its colon take as much room as they
  // have to, their positions are right.
  const std::uint32_t* usual_record(std::span<usual_member> usual, std::size_t row,
                                    std::uint32_t shift) {
    using kind = usual_member::kind;
    const char* const base = base_;
    const std::uint32_t* at = at_;
    if (base[*at] != '{' || !has_positions(at, std::ssize(usual))) return nullptr;
    for (usual_member& each : usual) {
      const std::uint32_t key = at[0] + 1;
      const std::uint32_t begin = at[3];
      const std::uint32_t end = at[4];
      if (begin != key + each.key_size || !each.name->begins(base + key)) return nullptr;
      at += 4;
      const std::string_view value(base + begin, end - begin);
      bool taken = false;
      switch (each.values) {
        case kind::text:
          taken = is_plain_text(begin, end);
          if (taken) put_text({base + begin + 1, value.size() - 2}, begin + 1 + shift, row, each);
          break;
        case kind::int64:
          taken = put_int64(value, row, each);
          break;
        case kind::float64:
          taken = put_float64(value, begin + shift, row, each);
          break;
        case kind::ignored:
          taken = is_plain_text(begin, end);
          break;
        case kind::other:
          break;
      }
      if (!taken) {
        at = usual_value(at, each, row);
        if (at == nullptr || !has_positions(at, usual.data() + usual.size() - &each - 1))
          return nullptr;
      }
      if (base[*at] != each.ends) return nullptr;
    }
    return at;
  }

  // Whether so many members, at four positions each, may stand behind `at`.
  bool has_positions(const std::uint32_t* at, std::ptrdiff_t members) const {
    return positions_end_ - at > 4 * members;
  }

  bool is_plain_text(std::uint32_t begin, std::uint32_t end) {
    return base_[begin] == '"' && base_[end - 1] == '"' && end - begin > 1 &&
           (end <= backslash_ || !has_backslash(begin, end));
  }

  static void put_text(std::string_view text, std::uint32_t offset, std::size_t row,
                       usual_member& to) {
    to.to.strings[row].refer(text, to.shared, offset);
    to.refers |= text.size() > string_ref::inline_max;
  }

  static bool put_int64(std::string_view value, std::size_t row, usual_member& to) {
    if (value.front() == '0' && value.size() > 1) return false;
    const auto number = scan_digits_in_buffer(value);
    if (number) to.to.int64s[row] = *number;
    return number.has_value();
  }

  static bool put_float64(std::string_view value, std::uint32_t offset, std::size_t row,
                          usual_member& to) {
    scanned_value number;
    if (!scan_number_in_buffer(value, number) || number.kind != value_kind::float64) return false;
    to.to.float64s[row] = number.float64;
    put_text(value, offset, row, to);
    return true;
  }

  // A value of any kind, from the position in front of `at`. Answers as `compact_value` does.
  [[gnu::noinline]] const std::uint32_t* usual_value(const std::uint32_t* at, usual_member& member,
                                                     std::size_t row) {
    scanned_value value;
    at = compact_value(at, value);
    if (at == nullptr || member.values == usual_member::kind::ignored) return at;
    return members_.take_usual(member, row, value) ? at : nullptr;
  }

  // Any value, from the position in front of `at`. Answers the position behind it; null: there is
  // white space around it, or it is none.
  [[gnu::always_inline]] const std::uint32_t* compact_value(const std::uint32_t* at,
                                                            scanned_value& value) {
    const std::uint32_t begin = at[-1];
    if (base_[begin] == '[' || base_[begin] == '{') {
      // White space and line ends may stand in it.
      const void* line_end = std::memchr(base_ + begin, '\n', size_ - begin);
      at_ = at - 1;
      if (!any_value(line_end == nullptr ? size_ : position_of(line_end), value)) return nullptr;
      at = at_;
      if (*at >= size_ || *at != at[-1] + 1) return nullptr;
    } else if (!compact_plain_value(begin, *at, value)) {
      return nullptr;
    }
    return at;
  }

  // Where the line ends of which nothing is left but its end; none if something is.
  std::optional<std::uint32_t> line_end_at(std::uint32_t at) const {
    if (at < size_ && base_[at] == '\r') ++at;
    if (at == size_ || base_[at] == '\n') return at;
    return std::nullopt;
  }

  // A value that is neither list nor map, and fills the text `begin` to `end`.
  bool compact_plain_value(std::uint32_t begin, std::uint32_t end, scanned_value& out) {
    const std::string_view text(base_ + begin, end - begin);
    out.begin = begin;
    out.end = end;
    switch (text.front()) {
      case '"':
        if (text.back() != '"' || text.size() == 1) return false;
        set_string(begin + 1, end - 1, out);
        return !out.escaped || escapes_are_known(text.substr(1, text.size() - 2));
      case 't':
      case 'f':
      case 'n':
        return word(text, out);
      default:
        return scan_number_in_buffer(text, out);
    }
  }

  static bool word(std::string_view text, scanned_value& out) {
    out.kind = text.front() == 'n' ? value_kind::null : value_kind::boolean;
    out.int64 = text.front() == 't' ? 1 : 0;
    return text == "null" || text == "true" || text == "false";
  }

  void set_string(std::uint32_t begin, std::uint32_t end, scanned_value& out) {
    out.kind = value_kind::string;
    out.begin = begin;
    out.end = end;
    out.escaped = has_backslash(begin, end);
  }

  bool record(std::uint32_t end) {
    if (base_[*at_++] != '{') return false;
    if (next_is(end, '}')) {
      ++at_;
      return true;
    }
    for (;;) {
      scanned_value key;
      if (!next_is(end, '"') || !string(end, key)) return false;
      const auto wanted = members_.key({base_ + key.begin, key.end - key.begin}, key.escaped);
      if (wanted == wish::stop || !next_is(end, ':')) return false;
      ++at_;
      scanned_value value;
      if (*at_ >= end || !any_value(end, value)) return false;
      if (wanted == wish::take && !members_.take(value)) return false;
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
    const bool is_word = first == 't' || first == 'f' || first == 'n';
    return is_word ? word(text, out) : scan_number_in_buffer(text, out);
  }

  // Between a string's closing quote and the next position there is only white space.
  bool string(std::uint32_t end, scanned_value& out) {
    const std::uint32_t begin = *at_++;
    std::uint32_t quote = std::min(*at_, end) - 1;
    while (quote > begin && is_space(base_[quote])) --quote;
    if (quote == begin || base_[quote] != '"') return false;
    set_string(begin + 1, quote, out);
    return !out.escaped || escapes_are_known({base_ + out.begin, out.end - out.begin});
  }

  // The next backslash is looked for once: texts are asked for in ascending order.
  bool has_backslash(std::uint32_t begin, std::uint32_t end) {
    if (backslash_ < begin) find_backslash(begin);
    return backslash_ < end;
  }

  void find_backslash(std::uint32_t from) {
    const void* next = std::memchr(base_ + from, '\\', size_ - from);
    backslash_ = next == nullptr ? std::numeric_limits<std::uint32_t>::max() : position_of(next);
  }

  std::uint32_t position_of(const void* at) const {
    return static_cast<std::uint32_t>(static_cast<const char*>(at) - base_);
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
  const std::uint32_t* positions_end_ = nullptr;
  std::uint32_t backslash_ = 0;  // the next one behind the last text that was asked for
  std::array<bool, json_depth_max + 1> is_map_{};
};

}  // namespace weir::codecs
