#include "runtime/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace weir {
namespace {

constexpr std::size_t quoted_bytes_max = 80;

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

// Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`: the optimal string
// alignment distance, by the usual table of three rows.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1]))
        now[j] = std::min(now[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

}  // namespace

std::size_t utf8_length(std::string_view bytes) {
  if (bytes.empty()) return 0;
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const auto follows = [&](std::size_t i) { return i < bytes.size() && (at(i) & 0xC0) == 0x80; };
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (!follows(1) || !follows(2)) return 0;
    if (lead == 0xE0 && at(1) < 0xA0) return 0;
    if (lead == 0xED && at(1) > 0x9F) return 0;
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    if (lead == 0xF0 && at(1) < 0x90) return 0;
    if (lead == 0xF4 && at(1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

std::string quoted(std::string_view text) {
  std::string out = "'";
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto lead = static_cast<unsigned char>(text.front());
    std::string piece;
    if (length > 1 || (lead >= 0x20 && lead < 0x7F)) {
      piece = text.substr(0, length);
    } else if (lead == '\n' || lead == '\t' || lead == '\r') {
      piece.push_back('\\');
      piece.push_back(lead == '\n' ? 'n' : lead == '\t' ? 't' : 'r');
    } else {
      piece = fmt::format("\\x{:02x}", lead);
    }
    if (used + piece.size() > quoted_bytes_max) return out + "...'";
    used += piece.size();
    out += piece;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out + "'";
}

std::optional<std::string_view> nearest(std::string_view text,
                                        std::span<const std::string> candidates) {
  std::optional<std::string_view> best;
  std::size_t fewest = text.size() < 2 ? 0 : std::max<std::size_t>(text.size() / 3, 1);
  for (const auto& candidate : candidates) {
    const std::size_t needed = edits(text, candidate);
    if (needed < fewest || (needed == fewest && !best)) {
      best = candidate;
      fewest = needed;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view text, std::span<const std::string> candidates) {
  const auto near = nearest(text, candidates);
  return near ? fmt::format("; did you mean '{}'?", *near) : std::string();
}

std::string did_you_mean(std::string_view text, std::span<const std::string> candidates,
                         std::string_view what) {
  std::string meant = did_you_mean(text, candidates);
  if (!meant.empty() || candidates.empty()) return meant;
  return fmt::format("; {} are {}", what, one_of(candidates));
}

std::string one_of(std::span<const std::string> names) {
  std::string list;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) list += i + 1 == names.size() ? " or " : ", ";
    list += fmt::format("'{}'", names[i]);
  }
  return list;
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string first_sentence(std::string_view text) {
  std::string sentence(text.substr(0, text.find(". ")));
  if (sentence.ends_with('.')) sentence.pop_back();
  const auto is_capital = [&](std::size_t at) {
    return at < sentence.size() && sentence[at] >= 'A' && sentence[at] <= 'Z';
  };
  if (is_capital(0) && !is_capital(1)) sentence.front() = lower(sentence.front());
  return sentence;
}

std::string with_thousands(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

}  // namespace weir
