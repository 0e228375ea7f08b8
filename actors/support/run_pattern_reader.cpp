#include <algorithm>
#include <limits>

#include "actors/support/run_pattern.hpp"

namespace weir {
namespace {

using codecs::lane_count;

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
        !set['\\'] && set[0x80] && (~set).count() <= stops_max + 1) {
      add_run(set, 0, unbounded, step::what::escaped_some);
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
    to.no_literal[to.literal_size++] = 0;
  }

  void add_run(const byte_set& set, std::size_t least, std::size_t most, step::what how) {
    step added{.how = how, .least = least, .most = most, .set = set};
    const byte_set stops = ~set;
    const bool is_escaped = how == step::what::escaped_some;
    const auto limit = is_escaped ? stops_max + 1 : stops_max;
    if (most == unbounded && stops.any() && stops.count() <= limit && (stops >> 0x80).none()) {
      const auto count = stops.count();
      if (is_escaped) {
        added.how = count <= 2 ? step::what::escaped_two : step::what::escaped_some;
      } else {
        added.how = count == 1   ? step::what::until_one
                    : count == 2 ? step::what::until_two
                                 : step::what::until_some;
      }
      auto* stop = added.stops.begin();
      for (unsigned b = 0; b < 0x80; ++b)
        if (stops[b]) *stop++ = codecs::all_lanes(static_cast<char>(b));
      std::fill(stop, added.stops.end(), added.stops.front());
    } else if (how == step::what::members) {
      if_range(added);
    }
    out_.steps_.push_back(std::move(added));
  }

  // Makes a range of members that are one.
  static void if_range(step& members) {
    const byte_set& set = members.set;
    if (set.none()) return;
    unsigned first = 0;
    while (!set[first]) ++first;
    unsigned last = first;
    while (last + 1 < set.size() && set[last + 1]) ++last;
    if (last >= 0x80 || set.count() != last - first + 1) return;
    // The highest bit turns the order of bytes into that of numbers with signs.
    members.how = step::what::range;
    members.stops[0] = codecs::all_lanes(static_cast<char>(first + 0x80));
    members.stops[1] = codecs::all_lanes(static_cast<char>(last - first + 0x80));
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
      if (s.how == step::what::escaped_two || s.how == step::what::escaped_some) own.set('\\');
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

}  // namespace weir
