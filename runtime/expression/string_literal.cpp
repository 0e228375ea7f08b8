#include "runtime/expression/string_literal.hpp"

#include <fmt/format.h>

#include <optional>

#include "runtime/base/text.hpp"

namespace weir::syntax {
namespace {

std::optional<unsigned> digit_of(char c, unsigned base) {
  unsigned value = base;
  if (c >= '0' && c <= '9') value = static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') value = static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') value = static_cast<unsigned>(c - 'A') + 10;
  if (value >= base) return std::nullopt;
  return value;
}

// `count` digits at the head of `text` as a number.
std::optional<std::uint32_t> number_of(std::string_view text, std::size_t count, unsigned base) {
  if (text.size() < count) return std::nullopt;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto digit = digit_of(text[i], base);
    if (!digit) return std::nullopt;
    value = value * base + *digit;
  }
  return value;
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | point >> 6);
    put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3F));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3F));
    put(0x80 | (point >> 6 & 0x3F));
    put(0x80 | (point & 0x3F));
  }
}

std::optional<char> simple_escape(char c) {
  constexpr std::string_view written = "abfnrtv\\?\"'`";
  constexpr std::string_view meant = "\a\b\f\n\r\t\v\\?\"'`";
  const auto at = written.find(c);
  if (at == std::string_view::npos) return std::nullopt;
  return meant[at];
}

struct numeric_escape {
  std::size_t skip;    // characters between the backslash and the digits
  std::size_t digits;  // exactly so many
  unsigned base;
  bool code_point;  // never a byte
};

std::optional<numeric_escape> numeric_form(char c) {
  switch (c) {
    case 'x':
    case 'X':
      return numeric_escape{1, 2, 16, false};
    case 'u':
      return numeric_escape{1, 4, 16, true};
    case 'U':
      return numeric_escape{1, 8, 16, true};
    case '0':
    case '1':
    case '2':
    case '3':
      return numeric_escape{0, 3, 8, false};
    default:
      return std::nullopt;
  }
}

// Appends what the escape at the head of `rest` (behind the backslash) stands for; answers how many
// characters it takes, none if it is not one.
std::optional<std::size_t> append_escape(std::string& out, std::string_view rest, bool bytes) {
  if (rest.empty()) return std::nullopt;
  if (const auto simple = simple_escape(rest.front())) {
    out += *simple;
    return 1;
  }
  const auto form = numeric_form(rest.front());
  if (!form || (bytes && form->code_point)) return std::nullopt;
  const auto number = number_of(rest.substr(form->skip), form->digits, form->base);
  if (!number || *number > 0x10FFFF || (*number >= 0xD800 && *number < 0xE000)) return std::nullopt;
  if (bytes) {
    out += static_cast<char>(*number);
  } else {
    append_utf8(out, *number);
  }
  return form->skip + form->digits;
}

}  // namespace

std::string decode_string(std::string_view inside, string_form form, std::size_t offset,
                          std::vector<expression_problem>& problems) {
  std::string out;
  if (form.raw) {
    out = inside;
  } else {
    for (std::size_t i = 0; i < inside.size();) {
      if (inside[i] != '\\') {
        out += inside[i++];
        continue;
      }
      const auto used = append_escape(out, inside.substr(i + 1), form.bytes);
      if (!used)
        problems.push_back({"syntax", offset + i, 2,
                            fmt::format("{} is not an escape; write '\\\\' for a backslash, or "
                                        "r\"...\" for a text without escapes",
                                        quoted(inside.substr(i, 2)))});
      i += 1 + used.value_or(1);
    }
  }
  if (!form.bytes && !is_utf8(out))
    problems.push_back({"syntax", offset, inside.empty() ? 1 : inside.size(),
                        "the text is not UTF-8; write bytes as b\"...\""});
  return out;
}

}  // namespace weir::syntax
