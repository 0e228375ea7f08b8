#include "tests/support/flow_text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <stdexcept>
#include <string>

namespace weir::testing {
namespace {

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

class flow_reader {
 public:
  explicit flow_reader(std::string_view text) : text_(text) {}

  config_value whole() {
    config_value value = read();
    skip_space();
    if (at_ < text_.size()) refuse("text behind the value");
    return value;
  }

 private:
  [[noreturn]] void refuse(std::string_view why) const {
    throw std::invalid_argument(fmt::format("{} at byte {} of: {}", why, at_, text_));
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_space() {
    while (peek() == ' ' || peek() == '\n' || peek() == '\t' || peek() == '\r') ++at_;
  }
  bool take(char c) {
    skip_space();
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  source_place here() const { return {nullptr, 1, static_cast<std::uint32_t>(at_ + 1)}; }

  config_value read() {
    skip_space();
    config_value value;
    value.place.start = here();
    if (take('{')) {
      read_map(value);
    } else if (take('[')) {
      value.what = config_value::kind::list;
      while (!take(']')) {
        value.items.push_back(read());
        if (!take(',') && peek() != ']') refuse("no ',' or ']'");
      }
    } else {
      value.what = config_value::kind::scalar;
      value.text = scalar(value.place.style);
      const bool plain = value.place.style == scalar_style::plain;
      if (plain && (value.text.empty() || value.text == "null" || value.text == "~")) {
        value.what = config_value::kind::null;
        value.text.clear();
      }
    }
    return value;
  }

  void read_map(config_value& value) {
    value.what = config_value::kind::map;
    while (!take('}')) {
      skip_space();
      config_entry entry;
      entry.key_place = here();
      scalar_style style{};
      entry.key = scalar(style);
      if (!take(':')) refuse("no ':' behind a key");
      if (value.find(entry.key) != nullptr) refuse("a key that is there already");
      entry.value = read();
      value.entries.push_back(std::move(entry));
      if (!take(',') && peek() != '}') refuse("no ',' or '}'");
    }
  }

  std::string scalar(scalar_style& style) {
    style = scalar_style::quoted;
    if (peek() == '"') return double_quoted();
    if (peek() == '\'') return single_quoted();
    style = scalar_style::plain;
    const std::size_t from = at_;
    while (at_ < text_.size() && std::string_view(",]}").find(peek()) == std::string_view::npos) {
      if (peek() == ':' && (at_ + 1 == text_.size() || text_[at_ + 1] == ' ')) break;
      ++at_;
    }
    std::size_t to = at_;
    while (to > from && text_[to - 1] == ' ') --to;
    return std::string(text_.substr(from, to - from));
  }

  std::string single_quoted() {
    std::string out;
    for (++at_;; ++at_) {
      if (at_ >= text_.size()) refuse("no closing quote");
      if (peek() == '\'') {
        ++at_;
        if (peek() != '\'') return out;
      }
      out += peek();
    }
  }

  std::string double_quoted() {
    std::string out;
    ++at_;
    while (peek() != '"') {
      if (at_ >= text_.size()) refuse("no closing quote");
      const char c = text_[at_++];
      if (c == '\\') {
        escape(out);
      } else {
        out += c;
      }
    }
    ++at_;
    return out;
  }

  void escape(std::string& out) {
    const char c = peek();
    ++at_;
    constexpr std::string_view names = "nrtbf0\"\\/";
    constexpr std::string_view meant("\n\r\t\b\f\0\"\\/", 9);
    if (const auto i = names.find(c); i != std::string_view::npos) {
      out += meant[i];
    } else if (c == 'u') {
      std::uint32_t code = hexadecimal();
      if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
        at_ += 2;
        code = 0x10000 + ((code - 0xD800) << 10) + (hexadecimal() - 0xDC00);
      }
      append_utf8(out, code);
    } else {
      refuse("an unknown escape");
    }
  }

  std::uint32_t hexadecimal() {
    std::uint32_t code = 0;
    const auto digits = text_.substr(at_, 4);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (digits.size() < 4 || read.ptr != digits.data() + 4) refuse("no four hexadecimal digits");
    at_ += 4;
    return code;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

config_value read_flow(std::string_view text) { return flow_reader(text).whole(); }

}  // namespace weir::testing
