#include "actors/support/run_pattern.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "actors/codecs/byte_lanes.hpp"
#include "actors/codecs/json_index.hpp"

namespace weir {
namespace {

using codecs::byte_lanes;
using codecs::lane_bits;
using codecs::lane_count;
using codecs::load_lanes;

constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();
constexpr std::size_t repeats_max = 1000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
unsigned char byte_of(char c) { return static_cast<unsigned char>(c); }

}  // namespace

// Reads a pattern from left to right, and gives up at the first thing that it does not know.
class run_pattern_reader {
 public:
  explicit run_pattern_reader(std::string_view pattern) : rest_(pattern) {}

  std::optional<run_pattern> run() {
    if (!take("^")) return std::nullopt;
    while (!rest_.empty())
      if (!part()) return std::nullopt;
    if (!open_.empty() || !needs_no_choice()) return std::nullopt;
    return std::move(out_);
  }

 private:
  using step = run_pattern::step;
  using byte_set = run_pattern::byte_set;

  static constexpr std::size_t stops_max = run_pattern::stops_max;
  static constexpr std::size_t no_group = 0;

  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  bool part() {
    if (take("$")) {
      // Behind the end nothing else can match.
      out_.ends_text_ = true;
      return rest_.find_first_not_of(')') == std::string_view::npos;
    }
    if (take(")")) {
      if (open_.empty()) return false;
      if (open_.back() != no_group) close_group(open_.back());
      open_.pop_back();
      return !is_repeat();
    }
    if (rest_.starts_with('(')) return group();
    byte_set set;
    return characters(set) && repeat(set);
  }

  bool is_repeat() const {
    return !rest_.empty() && std::string_view("*+?{").find(rest_.front()) != std::string_view::npos;
  }

  bool group() {
    if (escaped_run()) return true;
    if (take("(?:")) {
      open_.push_back(no_group);
      return true;
    }
    if (take("(?<") || take("(?P<")) {
      const auto end = rest_.find('>');
      if (end == std::string_view::npos) return false;
      rest_.remove_prefix(end + 1);
    } else if (rest_.starts_with("(?") || !take("(")) {
      return false;
    }
    open_.push_back(++groups_);
    out_.steps_.push_back({.how = step::what::open, .group = groups_});
    return true;
  }

  // A group that is one run has no steps of its own.
  void close_group(std::size_t group) {
    auto& steps = out_.steps_;
    if (steps.size() >= 2) {
      step& run = steps.back();
      const step& before = steps[steps.size() - 2];
      if (run.is_run() && run.group == no_group && run.literal_size == 0 &&
          before.how == step::what::open && before.literal_size == 0 && before.group == group) {
        run.group = group;
        steps.erase(steps.end() - 2);
        return;
      }
    }
    steps.push_back({.how = step::what::close, .group = group});
  }

  // `(?:[^"\\]|\\.)*`: a text in which a backslash takes the meaning from the next character.
  bool escaped_run() {
    const auto before = rest_;
    byte_set set;
    if (take("(?:") && rest_.starts_with("[^") && characters(set) && take("|\\\\.)*") &&
        !set['\\'] && set[0x80]) {
      add_run(set, 0, unbounded, step::what::escaped);
      return true;
    }
    rest_ = before;
    return false;
  }

  // One character, or a class of them.
  bool characters(byte_set& set) {
    if (take(".")) {
      set.set();
      set.reset('\n');
      return true;
    }
    if (rest_.starts_with('[')) return character_class(set);
    if (rest_.starts_with('\\')) return escape(set);
    const char c = rest_.front();
    if (is_repeat() || std::string_view("^|").find(c) != std::string_view::npos || c < 0)
      return false;
    set.set(byte_of(c));
    rest_.remove_prefix(1);
    return true;
  }

  bool escape(byte_set& set) {
    if (rest_.size() < 2) return false;
    const char c = rest_[1];
    const auto add = [&](std::string_view members) {
      for (const char m : members) set.set(byte_of(m));
    };
    const auto range = [&](char first, char last) {
      for (char m = first; m <= last; ++m) set.set(byte_of(m));
    };
    switch (c) {
      case 'd':
      case 'D':
        range('0', '9');
        break;
      case 'w':
      case 'W':
        range('0', '9');
        range('a', 'z');
        range('A', 'Z');
        add("_");
        break;
      case 's':
      case 'S':
        add("\t\n\f\r ");
        break;
      case 't':
        add("\t");
        break;
      default:
        // Other letters and digits mean something of their own.
        if (c < '!' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == 0x7F)
          return false;
        set.set(byte_of(c));
    }
    if (c == 'D' || c == 'W' || c == 'S') set.flip();
    rest_.remove_prefix(2);
    return true;
  }

  bool character_class(byte_set& set) {
    take("[");
    const bool negated = take("^");
    // A bracket that comes first is a character of the class.
    for (bool first = true; first || !take("]"); first = false) {
      if (rest_.empty() || rest_.front() < 0 || rest_.starts_with("[:")) return false;
      byte_set members;
      if (rest_.front() == '\\') {
        if (!escape(members)) return false;
      } else {
        members.set(byte_of(rest_.front()));
        rest_.remove_prefix(1);
      }
      if (rest_.size() >= 2 && rest_[0] == '-' && rest_[1] != ']') {
        if (members.count() != 1 || rest_[1] == '\\' || rest_[1] == '[' || rest_[1] < 0)
          return false;
        unsigned from = 0;
        while (!members[from]) ++from;
        for (unsigned m = from; m <= byte_of(rest_[1]); ++m) members.set(m);
        rest_.remove_prefix(2);
      }
      set |= members;
    }
    if (negated) set.flip();
    return true;
  }

  bool repeat(const byte_set& set) {
    std::size_t least = 1;
    std::size_t most = 1;
    if (take("*")) {
      least = 0;
      most = unbounded;
    } else if (take("+")) {
      most = unbounded;
    } else if (take("{")) {
      if (!counts(least, most)) return false;
    } else if (rest_.starts_with('?')) {
      return false;
    }
    // As few as possible, or a repeat of a repeat.
    if (is_repeat()) return false;
    const bool is_ascii = (set >> 0x80).none();
    // Characters that are not ASCII's have several bytes.
    if (!is_ascii && most != unbounded) return false;
    if (most == 1 && set.count() == 1) {
      add_literal(set);
    } else {
      add_run(set, least, most, step::what::members);
    }
    return true;
  }

  // `{3}` and `{1,3}`, behind the brace.
  bool counts(std::size_t& least, std::size_t& most) {
    const auto number = [&](std::size_t& out) {
      out = 0;
      const auto before = rest_.size();
      // With a zero in front it is no count to RE2.
      if (rest_.size() > 1 && rest_[0] == '0' && is_digit(rest_[1])) return false;
      for (; !rest_.empty() && is_digit(rest_.front()) && out <= repeats_max;
           rest_.remove_prefix(1))
        out = out * 10 + static_cast<std::size_t>(rest_.front() - '0');
      return rest_.size() != before && out <= repeats_max;
    };
    if (!number(least)) return false;
    most = least;
    if (take(",") && !number(most)) return false;
    return take("}") && most > 0;
  }

  void add_literal(const byte_set& set) {
    signed char c = 0;
    while (!set[byte_of(c)]) ++c;
    if (out_.steps_.empty() || out_.steps_.back().literal_size == lane_count)
      out_.steps_.emplace_back();
    step& to = out_.steps_.back();
    to.literal[to.literal_size] = c;
    to.literal_bits |= std::uint32_t{1} << to.literal_size++;
  }

  void add_run(const byte_set& set, std::size_t least, std::size_t most, step::what how) {
    step added{.how = how, .least = least, .most = most, .set = set};
    const byte_set stops = ~set;
    const auto limit = how == step::what::escaped ? stops_max + 1 : stops_max;
    if (most == unbounded && stops.any() && stops.count() <= limit && (stops >> 0x80).none()) {
      if (how == step::what::members) added.how = step::what::until;
      for (unsigned b = 0; b < 0x80; ++b)
        if (stops[b]) added.stops[added.stop_count++] = codecs::all_lanes(static_cast<char>(b));
      std::fill(added.stops.begin() + static_cast<std::ptrdiff_t>(added.stop_count),
                added.stops.end(), added.stops.front());
    }
    out_.steps_.push_back(std::move(added));
  }

  // Whether nothing that may follow a run begins with one of its own characters.
  bool needs_no_choice() const {
    byte_set next;  // what may come behind the steps looked at
    for (std::size_t i = out_.steps_.size(); i-- > 0;) {
      const step& s = out_.steps_[i];
      if (s.literal_size > 0) {
        next.reset();
        next.set(byte_of(s.literal[0]));
      }
      if (!s.is_run()) continue;
      byte_set own = s.set;
      if (s.how == step::what::escaped) {
        if (s.stop_count == 0) return false;
        own.set('\\');
      }
      if (s.least != s.most && (own & next).any()) return false;
      next = s.least == 0 ? next | own : own;
    }
    return true;
  }

  std::string_view rest_;
  run_pattern out_;
  std::vector<std::size_t> open_;
  std::size_t groups_ = 0;
};

std::optional<run_pattern> run_pattern::of(std::string_view pattern) {
  return run_pattern_reader(pattern).run();
}

namespace {

// The first of `stops` from `at` on, or the end. `seen` collects all bytes that were looked at.
template <std::size_t Count>
[[gnu::always_inline]] inline const char* find_first(const char* at, const char* end,
                                                     const byte_lanes* stops, byte_lanes& seen) {
  for (; at < end; at += lane_count) {
    const auto lanes = load_lanes(at);
    seen |= lanes;
    byte_lanes hits = lanes == stops[0];
    for (std::size_t i = 1; i < Count; ++i) hits |= lanes == stops[i];
    const auto bits = lane_bits(hits);
    if (bits != 0) return std::min(at + std::countr_zero(bits), end);
  }
  return end;
}

}  // namespace

run_pattern::found run_pattern::match(std::string_view text,
                                      std::vector<std::string_view>& groups) const {
  const char* at = text.data();
  const char* const end = at + text.size();
  std::string_view* const group = groups.data();
  // All bytes that runs went over; those of literals are ASCII.
  byte_lanes seen{};
  signed char seen_apart = 0;
  const auto find_stop = [&](const step& of) {
    return of.stop_count <= 2 ? find_first<2>(at, end, of.stops.data(), seen)
                              : find_first<stops_max + 1>(at, end, of.stops.data(), seen);
  };
  bool good = true;
  for (const step& s : steps_) {
    const char* begin = at;
    switch (s.how) {
      case step::what::until:
        at = find_stop(s);
        break;
      case step::what::members:
        for (; at < end && s.set[byte_of(*at)]; ++at) {
          if (static_cast<std::size_t>(at - begin) == s.most) break;
          seen_apart |= static_cast<signed char>(*at);
        }
        break;
      case step::what::escaped:
        for (;; at += 2) {
          at = find_stop(s);
          if (end - at < 2 || at[0] != '\\' || at[1] == '\n') break;
          seen_apart |= static_cast<signed char>(at[1]);
        }
        break;
      case step::what::close:
        begin = group[s.group].data();
        break;
      case step::what::nothing:
      case step::what::open:
        break;
    }
    const auto size = static_cast<std::size_t>(at - begin);
    group[s.group] = {begin, size};
    const auto same = lane_bits(load_lanes(at) == s.literal) & s.literal_bits;
    good = size >= s.least && same == s.literal_bits &&
           static_cast<std::size_t>(end - at) >= s.literal_size;
    if (!good) break;
    at += s.literal_size;
  }
  if (ends_text_ && at != end) good = false;
  const bool is_ascii = lane_bits(seen) == 0 && seen_apart >= 0;
  // A text that is not UTF-8 may be good for nothing only behind where this one has stopped.
  if ((!good || !is_ascii) && !codecs::is_utf8_fast(text)) return found::unknown;
  if (!good) return found::nothing;
  groups[0] = {text.data(), static_cast<std::size_t>(at - text.data())};
  return found::match;
}

}  // namespace weir
