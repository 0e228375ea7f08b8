#include "pipelines/trial/trial_differences.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "pipelines/trial/trial_alignment.hpp"
#include "runtime/base/text.hpp"
#include "runtime/data/json_text.hpp"

namespace weir {
namespace {

constexpr std::size_t lines_shown_max = 40;
constexpr std::size_t characters_shown_max = 100;
constexpr std::size_t context_lines = 2;  // that agree, before and behind those that do not

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

// The byte at which the character behind `count` others begins.
std::size_t byte_of(std::string_view text, std::size_t count) {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (begins_character(text[i]) && count-- == 0) return i;
  return text.size();
}

// A part of a text that fits on a line, from a character on that both of two texts have before
// they part.
std::string window(std::string_view text, std::size_t from) {
  const auto whole = text.substr(byte_of(text, from));
  const auto shown = whole.substr(0, byte_of(whole, characters_shown_max));
  return fmt::format("{}{}{}", from > 0 ? "..." : "", shown,
                     shown.size() < whole.size() ? "..." : "");
}

// How many characters of both are the same, from the first on.
std::size_t common_characters(std::string_view a, std::string_view b) {
  const auto [end, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  auto bytes = static_cast<std::size_t>(end - a.begin());
  while (bytes > 0 && bytes < a.size() && !begins_character(a[bytes])) --bytes;
  return characters(a.substr(0, bytes));
}

using members = std::vector<std::pair<std::string, std::string>>;

members members_of(std::string_view text) {
  members all;
  if (!text.starts_with('{') || check_json(text)) return all;
  each_json_member(
      text, [&](std::string_view key, std::string_view value) { all.emplace_back(key, value); });
  return all;
}

// The key whose value is the first to differ; none where the keys do.
std::optional<std::string> differing_key(std::string_view expected, std::string_view found) {
  const auto a = members_of(expected), b = members_of(found);
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (a[i].first != b[i].first) return std::nullopt;
    if (a[i].second != b[i].second) return a[i].first;
  }
  return std::nullopt;
}

class drawing {
 public:
  explicit drawing(const trial_comparison& of) : of_(of) {}

  std::string draw(const std::vector<aligned_pair>& pairs) {
    std::size_t gap_from = 0;  // the first of those that agree and were not shown yet
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (pairs[i].agree) continue;
      const std::size_t from = i - std::min(i, context_lines);
      if (of_.in_order) {
        skip(gap_from, std::max(gap_from, from));
        for (std::size_t c = std::max(gap_from, from); c < i; ++c) show_agreeing(pairs[c]);
      }
      show_differing(pairs[i]);
      gap_from = i + 1;
      const auto next = std::find_if(pairs.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                     pairs.end(), [](const auto& p) { return !p.agree; });
      const auto until = std::min<std::size_t>(static_cast<std::size_t>(next - pairs.begin()),
                                               gap_from + context_lines);
      for (; of_.in_order && gap_from < until; ++gap_from) show_agreeing(pairs[gap_from]);
    }
    if (of_.in_order) skip(gap_from, pairs.size());
    if (left_out_ > 0) text_ += fmt::format("\n    ... and {} more lines", left_out_);
    return std::move(text_);
  }

 private:
  std::string number(std::optional<std::size_t> index) const {
    return of_.in_order ? fmt::format("{:>5} ", *index + 1) : std::string("    ");
  }

  void line(const std::string& text) {
    if (lines_++ < lines_shown_max)
      text_ += "\n" + text;
    else
      ++left_out_;
  }

  void skip(std::size_t from, std::size_t to) {
    if (to == from) return;
    line(fmt::format("      ({} as expected)", to - from));
  }

  void show_agreeing(const aligned_pair& pair) {
    line(fmt::format("{}  {}", number(pair.found), window(of_.found[*pair.found], 0)));
  }

  void show_differing(const aligned_pair& pair) {
    if (!pair.found) {
      line(fmt::format("{}- {}", number(pair.expected), window(of_.expected[*pair.expected], 0)));
      return;
    }
    if (!pair.expected) {
      line(fmt::format("{}+ {}", number(pair.found), window(of_.found[*pair.found], 0)));
      return;
    }
    const std::string& expected = of_.expected[*pair.expected];
    const std::string found =
        of_.shown ? of_.shown(expected, of_.found[*pair.found]) : of_.found[*pair.found];
    const std::size_t common = of_.marks ? common_characters(expected, found) : 0;
    const std::size_t from =
        common > characters_shown_max * 3 / 4 ? common - characters_shown_max / 2 : 0;
    line(fmt::format("{}- {}", number(pair.expected), window(expected, from)));
    line(fmt::format("{}+ {}", number(pair.found), window(found, from)));
    if (!of_.marks) return;
    const std::size_t left = number(pair.found).size() + 2 + (from > 0 ? 3 : 0) + common - from;
    const auto key = differing_key(expected, found);
    line(fmt::format("{}^{}", std::string(left, ' '),
                     key ? fmt::format(" {}", quoted(*key)) : std::string()));
  }

  const trial_comparison& of_;
  std::string text_;
  std::size_t lines_ = 0;
  std::size_t left_out_ = 0;
};

struct difference_counts {
  std::size_t differing = 0, missing = 0, surplus = 0;

  explicit difference_counts(const std::vector<aligned_pair>& pairs) {
    for (const auto& pair : pairs)
      if (!pair.agree) ++(!pair.found ? missing : !pair.expected ? surplus : differing);
  }
  std::size_t all() const { return differing + missing + surplus; }
};

std::string number_in_list(const aligned_pair& of) {
  return fmt::format("record {}", (of.found ? *of.found : *of.expected) + 1);
}

// `record 2 differs`, or `3 records differ, 1 record is missing, the first is record 2`.
std::string counted_differences(const std::vector<aligned_pair>& pairs, bool in_order) {
  const difference_counts counts(pairs);
  const auto first =
      std::find_if(pairs.begin(), pairs.end(), [](const auto& p) { return !p.agree; });
  const bool is_one = counts.all() == 1;
  std::string told;
  const auto add = [&](std::size_t count, const char* one, const char* many) {
    if (count == 0) return;
    if (!told.empty()) told += ", ";
    if (count == 1)
      told += (is_one && in_order ? number_in_list(*first) : std::string("1 record")) + one;
    else
      told += fmt::format("{} records{}", count, many);
  };
  add(counts.differing, " differs", " differ");
  add(counts.missing, " is missing", " are missing");
  add(counts.surplus, " is one too many", " are too many");
  if (in_order && !is_one) told += ", the first is " + number_in_list(*first);
  return told;
}

std::string headline(const std::vector<aligned_pair>& pairs, const trial_comparison& both) {
  return fmt::format("{}: {}{} (- expected, + found)", both.what,
                     counted_differences(pairs, both.in_order),
                     both.in_order ? "" : ", in any order");
}

}  // namespace

std::string shown_record(std::string_view text) { return window(text, 0); }

std::string difference(trial_comparison both) {
  // What comes in any order is told in one, so that two runs which find the same tell the same.
  if (!both.in_order) std::sort(both.found.begin(), both.found.end());
  const auto agree = [&](std::size_t expected, std::size_t found) {
    const auto &a = both.expected[expected], &b = both.found[found];
    return both.agree ? both.agree(a, b) : a == b;
  };
  std::vector<aligned_pair> pairs;
  if (both.in_order) {
    pairs = aligned(both.expected.size(), both.found.size(), agree);
  } else {
    std::vector<std::size_t> order(both.expected.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return both.expected[a].size() > both.expected[b].size();
    });
    pairs = aligned_in_any_order(order, both.found.size(), agree);
  }
  if (std::all_of(pairs.begin(), pairs.end(), [](const auto& p) { return p.agree; })) return "";
  return headline(pairs, both) + drawing(both).draw(pairs);
}

}  // namespace weir
