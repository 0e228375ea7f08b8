#include "runtime/data/json_text.hpp"

#include <fmt/format.h>

#include <cstdint>

#include "runtime/base/text.hpp"

namespace weir {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The four hexadecimal digits at the head of `text`; none if they are not.
std::optional<std::uint32_t> hex4(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text.substr(0, 4)) {
    std::uint32_t digit = 0;
    if (is_digit(c)) {
      digit = static_cast<std::uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<std::uint32_t>(c - 'a') + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<std::uint32_t>(c - 'A') + 10;
    } else {
      return std::nullopt;
    }
    value = value * 16 + digit;
  }
  return value;
}

// One escape, read from the text behind its backslash.
struct escape {
  std::uint32_t code = 0;
  std::size_t length = 0;  // bytes behind the backslash; 0: it means nothing
};

escape read_escape(std::string_view text) {
  if (text.empty()) return {};
  switch (text.front()) {
    case '"':
      return {'"', 1};
    case '\\':
      return {'\\', 1};
    case '/':
      return {'/', 1};
    case 'b':
      return {'\b', 1};
    case 'f':
      return {'\f', 1};
    case 'n':
      return {'\n', 1};
    case 'r':
      return {'\r', 1};
    case 't':
      return {'\t', 1};
    case 'u':
      break;
    default:
      return {};
  }
  const auto first = hex4(text.substr(1));
  if (!first || (*first >= 0xDC00 && *first <= 0xDFFF)) return {};
  if (*first < 0xD800 || *first > 0xDBFF) return {*first, 5};
  if (text.size() < 11 || text[5] != '\\' || text[6] != 'u') return {};
  const auto second = hex4(text.substr(7));
  if (!second || *second < 0xDC00 || *second > 0xDFFF) return {};
  return {0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00), 11};
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
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

// Goes over a text from its start; stops at the first problem.
class json_scanner {
 public:
  explicit json_scanner(std::string_view text) : text_(text) {}

  std::size_t at() const { return at_; }
  bool at_end() const { return at_ == text_.size(); }
  std::optional<json_problem> problem() && { return std::move(problem_); }

  void spaces() {
    while (!at_end() && is_space(text_[at_])) ++at_;
  }

  bool value() {
    spaces();
    if (at_end()) return refuse("the text ends where a value is due");
    switch (text_[at_]) {
      case '{':
        return nested('}');
      case '[':
        return nested(']');
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  bool string() {
    const std::size_t begin = at_;
    if (at_end() || text_[at_] != '"') return refuse("a string in double quotes is due here");
    ++at_;
    for (;;) {
      if (at_end()) {
        at_ = begin;
        return refuse("a string begins here and does not end");
      }
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') break;
      if (c < 0x20) return refuse("a control character stands in a string without an escape");
      if (c == '\\') {
        const escape e = read_escape(text_.substr(at_ + 1));
        if (e.length == 0) return refuse("an escape that means nothing");
        at_ += 1 + e.length;
      } else {
        const std::size_t length = utf8_length(text_.substr(at_));
        if (length == 0) return refuse("a byte that is not UTF-8");
        at_ += length;
      }
    }
    ++at_;
    return true;
  }

  bool number() {
    const std::size_t begin = at_;
    if (next_is('-')) ++at_;
    bool good = next_is_digit();
    if (next_is('0')) {
      ++at_;
    } else {
      digits();
    }
    if (good && next_is('.')) {
      ++at_;
      good = next_is_digit();
      digits();
    }
    if (good && (next_is('e') || next_is('E'))) {
      ++at_;
      if (next_is('+') || next_is('-')) ++at_;
      good = next_is_digit();
      digits();
    }
    if (good && (at_end() || ends_word(text_[at_]))) return true;
    at_ = begin;
    return refuse_word();
  }

  /// The end of one member behind its value: false at the object's end, with `at` behind it.
  bool comma() {
    spaces();
    return text_[at_++] == ',';
  }
  void skip(std::size_t bytes) { at_ += bytes; }
  bool refuse(std::string text) {
    if (!problem_) problem_ = json_problem{at_, std::move(text)};
    return false;
  }

 private:
  bool next_is(char c) const { return !at_end() && text_[at_] == c; }
  bool next_is_digit() const { return !at_end() && is_digit(text_[at_]); }
  void digits() {
    while (next_is_digit()) ++at_;
  }
  static bool ends_word(char c) {
    return is_space(c) || c == ',' || c == '}' || c == ']' || c == ':' || c == '{' || c == '[' ||
           c == '"';
  }

  bool refuse_word() {
    std::size_t end = at_;
    while (end < text_.size() && !ends_word(text_[end])) ++end;
    if (end == at_)
      return refuse(fmt::format("{} stands where a value is due", quoted(text_.substr(at_, 1))));
    return refuse(fmt::format("{} is not a value of JSON", quoted(text_.substr(at_, end - at_))));
  }

  bool word(std::string_view known) {
    const auto rest = text_.substr(at_);
    if (!rest.starts_with(known) || (rest.size() > known.size() && !ends_word(rest[known.size()])))
      return refuse_word();
    at_ += known.size();
    return true;
  }

  bool nested(char close) {
    if (++depth_ > json_depth_max) return refuse("lists and maps lie in one another too deep");
    const std::size_t begin = at_++;
    spaces();
    if (next_is(close)) {
      ++at_;
      --depth_;
      return true;
    }
    for (;;) {
      spaces();
      if (at_end()) return refuse_open(begin, close);
      if (close == '}' && !(string() && colon())) return false;
      if (!value()) return false;
      spaces();
      if (at_end()) return refuse_open(begin, close);
      const char next = text_[at_];
      if (next != ',' && next != close)
        return refuse(fmt::format("',' or '{}' is due here", close));
      ++at_;
      if (next == ',') continue;
      --depth_;
      return true;
    }
  }

  bool refuse_open(std::size_t begin, char close) {
    at_ = begin;
    return refuse(close == '}' ? "a map begins here and does not end"
                               : "a list begins here and does not end");
  }

  bool colon() {
    spaces();
    if (!next_is(':')) return refuse("':' is due behind a key");
    ++at_;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::optional<json_problem> problem_;
};

}  // namespace

std::optional<json_problem> check_json(std::string_view text) {
  json_scanner scanner(text);
  if (scanner.value()) {
    scanner.spaces();
    if (!scanner.at_end()) scanner.refuse("more text follows behind the value");
  }
  return std::move(scanner).problem();
}

bool is_json_number(std::string_view text) {
  if (text.empty() || !(text.front() == '-' || is_digit(text.front()))) return false;
  json_scanner scanner(text);
  return scanner.number() && scanner.at_end();
}

void each_json_member(std::string_view text, const member_visit& visit) {
  json_scanner scanner(text);
  scanner.spaces();
  scanner.skip(1);
  scanner.spaces();
  if (text[scanner.at()] == '}') return;
  do {
    scanner.spaces();
    const std::size_t key = scanner.at() + 1;
    scanner.string();
    const std::size_t key_end = scanner.at() - 1;
    scanner.spaces();
    scanner.skip(1);
    scanner.spaces();
    const std::size_t value = scanner.at();
    scanner.value();
    visit(text.substr(key, key_end - key), text.substr(value, scanner.at() - value));
  } while (scanner.comma());
}

bool escapes_are_known(std::string_view inside) {
  for (auto at = inside.find('\\'); at != std::string_view::npos; at = inside.find('\\')) {
    inside.remove_prefix(at + 1);
    const escape e = read_escape(inside);
    if (e.length == 0) return false;
    inside.remove_prefix(e.length);
  }
  return true;
}

bool append_unescaped(std::string& out, std::string_view inside) {
  for (;;) {
    const auto backslash = inside.find('\\');
    out.append(inside.substr(0, backslash));
    if (backslash == std::string_view::npos) return true;
    inside.remove_prefix(backslash + 1);
    const escape e = read_escape(inside);
    if (e.length == 0) return false;
    append_utf8(out, e.code);
    inside.remove_prefix(e.length);
  }
}

}  // namespace weir
