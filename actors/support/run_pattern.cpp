#include "actors/support/run_pattern.hpp"

#include <algorithm>

#include "actors/codecs/json_index.hpp"

namespace weir {
namespace {

using codecs::byte_lanes;
using codecs::lane_bits;
using codecs::less_by;
using codecs::load_lanes;

}  // namespace

// Finds where a step's run ends that begins at `at`, at most at `end`; sees whether all is ASCII.
// All inlined, and one for each step, so that what was seen stays in registers.
class run_pattern::run_ends {
 public:
  // Of what runs went over; literals are ASCII.
  bool is_ascii() const { return lane_bits(seen_) == 0 && seen_apart_ >= 0; }
  void add(const run_ends& others) {
    seen_ |= others.seen_;
    seen_apart_ |= others.seen_apart_;
  }

  [[gnu::always_inline]] const char* until_one(const step& s, const char* at, const char* end) {
    return find(at, end, [&](byte_lanes b) { return b == s.stops[0]; });
  }
  [[gnu::always_inline]] const char* until_two(const step& s, const char* at, const char* end) {
    return find(at, end, [&](byte_lanes b) { return is_of_two(s, b); });
  }
  [[gnu::always_inline]] const char* until_some(const step& s, const char* at, const char* end) {
    return find(at, end, [&](byte_lanes b) { return is_of_some(s, b); });
  }
  [[gnu::always_inline]] const char* range(const step& s, const char* begin, const char* end) {
    const char* const at =
        find(begin, end, [&](byte_lanes b) { return less_by(b, s.stops[0]) > s.stops[1]; });
    return static_cast<std::size_t>(at - begin) > s.most ? begin + s.most : at;
  }
  const char* members(const step& s, const char* begin, const char* end) {
    const char* at = begin;
    for (; at < end && s.set[static_cast<unsigned char>(*at)]; ++at) {
      if (static_cast<std::size_t>(at - begin) == s.most) break;
      seen_apart_ |= static_cast<signed char>(*at);
    }
    return at;
  }
  [[gnu::always_inline]] const char* escaped_two(const step& s, const char* at, const char* end) {
    return escaped(at, end, [&](byte_lanes b) { return is_of_two(s, b); });
  }
  [[gnu::always_inline]] const char* escaped_some(const step& s, const char* at, const char* end) {
    return escaped(at, end, [&](byte_lanes b) { return is_of_some(s, b); });
  }

 private:
  [[gnu::always_inline]] static byte_lanes is_of_two(const step& s, byte_lanes b) {
    return (b == s.stops[0]) | (b == s.stops[1]);
  }
  [[gnu::always_inline]] static byte_lanes is_of_some(const step& s, byte_lanes b) {
    byte_lanes hits = b == s.stops[0];
    for (std::size_t i = 1; i < s.stops.size(); ++i) hits |= b == s.stops[i];
    return hits;
  }
  // These are mostly long: what stands in quotes.
  template <class Test>
  [[gnu::always_inline]] const char* escaped(const char* at, const char* end, Test is_stop) {
    const auto stop = [&](const char* from) {
      return codecs::find_far_byte(from, end, [&](byte_lanes b) {
        seen_ |= b;
        return is_stop(b);
      });
    };
    for (at = stop(at); is_escape(at, end); at = stop(at)) at += 2;
    return at;
  }
  template <class Test>
  [[gnu::always_inline]] const char* find(const char* at, const char* end, Test is_stop) {
    return codecs::find_byte(at, end, [&](byte_lanes b) {
      seen_ |= b;
      return is_stop(b);
    });
  }
  // Whether at a place stand a backslash and what it changes.
  bool is_escape(const char* at, const char* end) {
    if (end - at < 2 || at[0] != '\\' || at[1] == '\n') return false;
    seen_apart_ |= static_cast<signed char>(at[1]);
    return true;
  }

  byte_lanes seen_{};
  signed char seen_apart_ = 0;
};

// Takes all texts from step to step; `groups` lie by group and then by text. False as soon as one
// text does not match.
template <std::size_t Count>
bool run_pattern::walk(const std::string_view* texts, std::string_view* groups,
                       bool& is_ascii) const {
  std::array<const char*, Count> places{};
  for (std::size_t i = 0; i < Count; ++i) places[i] = texts[i].data();
  run_ends all_runs;
  const auto take = [&](const step& s, auto end_of) {
    std::string_view* const of_step = groups + s.group * Count;
    run_ends runs;
    for (std::size_t i = 0; i < Count; ++i) {
      const char* const end = texts[i].data() + texts[i].size();
      const char* begin = places[i];
      const char* at = end_of(runs, begin, end);
      std::string_view& group = of_step[i];
      if (s.how == step::what::close) begin = group.data();
      const auto size = static_cast<std::size_t>(at - begin);
      group = {begin, size};
      const auto same = (load_lanes(at) == s.literal) | s.no_literal;
      at += s.literal_size;
      if (size < s.least || lane_bits(same) != 0xFFFF || at > end) return false;
      places[i] = at;
    }
    all_runs.add(runs);
    return true;
  };
  const auto take_step = [&](const step& s) {
    using place = const char*;
    using ends = run_ends&;
    switch (s.how) {
      case step::what::until_one:
        return take(s, [&](ends of, place at, place end) { return of.until_one(s, at, end); });
      case step::what::until_two:
        return take(s, [&](ends of, place at, place end) { return of.until_two(s, at, end); });
      case step::what::until_some:
        return take(s, [&](ends of, place at, place end) { return of.until_some(s, at, end); });
      case step::what::range:
        return take(s, [&](ends of, place at, place end) { return of.range(s, at, end); });
      case step::what::members:
        return take(s, [&](ends of, place at, place end) { return of.members(s, at, end); });
      case step::what::escaped_two:
        return take(s, [&](ends of, place at, place end) { return of.escaped_two(s, at, end); });
      case step::what::escaped_some:
        return take(s, [&](ends of, place at, place end) { return of.escaped_some(s, at, end); });
      case step::what::nothing:
      case step::what::open:
      case step::what::close:
        break;
    }
    return take(s, [](ends /*of*/, place at, place /*end*/) { return at; });
  };
  is_ascii = false;
  if (!std::all_of(steps_.begin(), steps_.end(), take_step)) return false;
  for (std::size_t i = 0; i < Count; ++i) {
    if (ends_text_ && places[i] != texts[i].data() + texts[i].size()) return false;
    groups[i] = {texts[i].data(), static_cast<std::size_t>(places[i] - texts[i].data())};
  }
  is_ascii = all_runs.is_ascii();
  return true;
}

run_pattern::found run_pattern::match(std::string_view text,
                                      std::vector<std::string_view>& groups) const {
  bool is_ascii = false;
  const bool good = walk<1>(&text, groups.data(), is_ascii);
  // A text that is not UTF-8 may be good for nothing only behind where this one has stopped.
  if (!is_ascii && !codecs::is_utf8_fast(text)) return found::unknown;
  return good ? found::match : found::nothing;
}

bool run_pattern::match_all(const std::array<std::string_view, at_once>& texts,
                            std::vector<std::array<std::string_view, at_once>>& groups) const {
  bool is_ascii = false;
  if (!walk<at_once>(texts.data(), groups.data()->data(), is_ascii)) return false;
  return is_ascii || std::all_of(texts.begin(), texts.end(), codecs::is_utf8_fast);
}

}  // namespace weir
