#include "runtime/expression/lexer.hpp"

#include <fmt/format.h>

#include <array>

#include "runtime/base/duration.hpp"
#include "runtime/base/number.hpp"
#include "runtime/base/text.hpp"
#include "runtime/expression/string_literal.hpp"

namespace weir::syntax {
namespace {

bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool goes_on(char c) { return begins_name(c) || is_digit(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Longer ones first. Also what other languages write, so that the parser can tell what is meant.
constexpr std::array<std::string_view, 29> symbols = {
    "===", "!==", "&&", "||", "==", "!=", "<=", ">=", "<>", "=~", "!", "<", ">", "+", "-",
    "*",   "/",   "%",  "?",  ":",  ".",  ",",  "(",  ")",  "[",  "]", "{", "}", "="};
// Alone, these are slips.
constexpr std::string_view half_symbols = "&|";

class lexer {
 public:
  explicit lexer(std::string_view text) : text_(text) {}

  lexed run() {
    for (skip_space(); at_ < text_.size(); skip_space()) next();
    put(token_kind::end, text_.size());
    return std::move(out_);
  }

 private:
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  std::string_view rest() const { return text_.substr(at_); }

  token& put(token_kind kind, std::size_t end) {
    token& t = out_.tokens.emplace_back();
    t.kind = kind;
    t.offset = at_;
    t.length = end - at_;
    at_ = end;
    return t;
  }

  void refuse(std::size_t offset, std::size_t length, std::string text) {
    out_.problems.push_back({"syntax", offset, length, std::move(text)});
  }

  void skip_space() {
    for (; at_ < text_.size(); ++at_) {
      if (rest().starts_with("//")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
        if (at_ == text_.size()) return;
      } else if (std::string_view(" \t\n\r\f").find(text_[at_]) == std::string_view::npos) {
        return;
      }
    }
  }

  void next() {
    if (string_starts()) {
      string();
    } else if (begins_name(peek())) {
      std::size_t end = at_;
      while (end < text_.size() && goes_on(text_[end])) ++end;
      const auto name = text_.substr(at_, end - at_);
      put(token_kind::name, end).text = name;
    } else if (is_digit(peek()) || (peek() == '.' && is_digit(peek(1)))) {
      number();
    } else if (peek() == '`') {
      quoted_name();
    } else {
      symbol();
    }
  }

  // Whether a quote stands here, perhaps behind `r`, `b`, `rb` or `br`.
  bool string_starts() const {
    std::size_t prefix = 0;
    bool raw = false;
    bool bytes = false;
    for (; prefix < 2; ++prefix) {
      const char c = peek(prefix);
      bool* seen = c == 'r' || c == 'R' ? &raw : c == 'b' || c == 'B' ? &bytes : nullptr;
      if (seen == nullptr || *seen) break;
      *seen = true;
    }
    return peek(prefix) == '"' || peek(prefix) == '\'';
  }

  void string() {
    string_form form;
    std::size_t begin = at_;
    for (; text_[begin] != '"' && text_[begin] != '\''; ++begin) {
      form.raw |= text_[begin] == 'r' || text_[begin] == 'R';
      form.bytes |= text_[begin] == 'b' || text_[begin] == 'B';
    }
    const std::string triple(3, text_[begin]);
    const bool is_triple = text_.substr(begin).starts_with(triple);
    const std::string_view quote = is_triple ? std::string_view(triple) : text_.substr(begin, 1);
    begin += quote.size();
    std::size_t end = begin;
    while (end < text_.size() && !text_.substr(end).starts_with(quote)) {
      if (!is_triple && (text_[end] == '\n' || text_[end] == '\r')) break;
      end += text_[end] == '\\' && !form.raw && end + 1 < text_.size() ? 2 : 1;
    }
    if (!text_.substr(end).starts_with(quote)) {
      refuse(at_, end - at_, fmt::format("the text has no closing {}", quote));
      at_ = end;
      return;
    }
    auto decoded = decode_string(text_.substr(begin, end - begin), form, begin, out_.problems);
    put(form.bytes ? token_kind::bytes : token_kind::string, end + quote.size()).text =
        std::move(decoded);
  }

  void number() {
    std::size_t end = at_;
    const auto digits = [&] {
      while (end < text_.size() && is_digit(text_[end])) ++end;
    };
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X') && is_hex(peek(2))) {
      hexadecimal();
      return;
    }
    bool whole = true;
    digits();
    if (end + 1 < text_.size() && text_[end] == '.' && is_digit(text_[end + 1])) {
      whole = false;
      ++end;
      digits();
    }
    if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
      const std::size_t sign =
          end + 1 < text_.size() && (text_[end + 1] == '+' || text_[end + 1] == '-');
      if (end + 1 + sign < text_.size() && is_digit(text_[end + 1 + sign])) {
        whole = false;
        end += 1 + sign;
        digits();
      }
    }
    const auto written = text_.substr(at_, end - at_);
    if (whole) {
      finish_whole(end, written, 10);
    } else {
      // The grammar here also allows `.5`, which reads with a zero in front.
      const auto value = parse_float64(fmt::format("0{}", written));
      const std::size_t begin = at_;
      put(token_kind::decimal, end).float64 = value.value_or(0);
      refuse_unit(begin);
    }
  }

  void hexadecimal() {
    std::size_t end = at_ + 2;
    while (end < text_.size() && is_hex(text_[end])) ++end;
    finish_whole(end, text_.substr(at_ + 2, end - at_ - 2), 16);
  }

  void finish_whole(std::size_t end, std::string_view digits, unsigned base) {
    std::uint64_t value = 0;
    bool fits = true;
    for (const char c : digits) {
      const unsigned digit = static_cast<unsigned>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
      fits = fits && !__builtin_mul_overflow(value, base, &value) &&
             !__builtin_add_overflow(value, digit, &value);
    }
    const std::size_t begin = at_;
    // Weir has one kind of integer: the suffix of CEL's unsigned ones changes nothing.
    const bool suffix = end < text_.size() && (text_[end] == 'u' || text_[end] == 'U') &&
                        (end + 1 == text_.size() || !goes_on(text_[end + 1]));
    put(token_kind::whole, end + suffix).magnitude = value;
    constexpr std::uint64_t most = 1ULL << 63;  // with a minus in front
    if (!fits || value > most) refuse(begin, end - begin, "the number does not fit in 64 bits");
    refuse_unit(begin);
  }

  // `250ms`: letters directly behind a number.
  void refuse_unit(std::size_t begin) {
    if (!goes_on(peek())) return;
    std::size_t end = at_;
    while (end < text_.size() && goes_on(text_[end])) ++end;
    const auto written = text_.substr(begin, end - begin);
    std::string text = fmt::format("{} is not a number", quoted(written));
    if (parse_duration(written)) text += fmt::format("; write duration(\"{}\")", written);
    refuse(begin, end - begin, std::move(text));
    at_ = end;
  }

  void quoted_name() {
    const auto close = text_.find('`', at_ + 1);
    if (close == std::string_view::npos || close == at_ + 1) {
      const std::size_t end = close == std::string_view::npos ? text_.size() : close + 1;
      refuse(at_, end - at_,
             close == at_ + 1 ? "the name in backticks is empty" : "the name has no closing `");
      at_ = end;
      return;
    }
    const auto name = text_.substr(at_ + 1, close - at_ - 1);
    put(token_kind::quoted_name, close + 1).text = name;
  }

  void symbol() {
    for (const auto s : symbols)
      if (rest().starts_with(s)) {
        put(token_kind::symbol, at_ + s.size()).text = s;
        return;
      }
    if (half_symbols.find(peek()) != std::string_view::npos) {
      const std::string doubled(2, peek());
      refuse(at_, 1, fmt::format("'{}' is not an operator; did you mean '{}'?", peek(), doubled));
      put(token_kind::symbol, at_ + 1).text = doubled;
      return;
    }
    // A character of several bytes is told whole.
    std::size_t end = at_ + 1;
    while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0) == 0x80) ++end;
    const auto found = text_.substr(at_, end - at_);
    constexpr std::array<std::string_view, 6> curly = {"\u201C", "\u201D", "\u201E",
                                                       "\u2018", "\u2019", "\u201A"};
    std::string advice;
    for (const auto c : curly)
      if (found == c) advice = "; write texts in plain quotes";
    refuse(at_, end - at_, fmt::format("unexpected {}{}", quoted(found), advice));
    at_ = end;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  lexed out_;
};

}  // namespace

lexed lex(std::string_view text) { return lexer(text).run(); }

}  // namespace weir::syntax
