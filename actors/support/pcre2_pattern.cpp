#include "actors/support/pcre2_pattern.hpp"

namespace weir {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_ascii_punctuation(char c) {
  return c > ' ' && c < 0x7F && !is_digit(c) && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z');
}

bool is_one_of(char c, std::string_view list) { return list.find(c) != std::string_view::npos; }

// Goes over a pattern once, by descent, and writes the other as it goes. Each part answers false
// where it is not sure, and tells by `may_be_empty` whether it can match without taking a
// character: the engines differ in what a repeat of such a part does.
class translation {
 public:
  explicit translation(std::string_view pattern) : rest_(pattern) {}

  std::optional<std::string> run() {
    bool may_be_empty = false;
    if (!alternatives(may_be_empty) || !rest_.empty()) return std::nullopt;
    return std::move(out_);
  }

 private:
  static constexpr int depth_max = 100;

  char front() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  void copy(std::size_t count) {
    out_ += rest_.substr(0, count);
    rest_.remove_prefix(count);
  }

  bool alternatives(bool& may_be_empty) {
    if (++depth_ > depth_max) return false;
    may_be_empty = false;
    for (;;) {
      bool empty = true;
      while (!rest_.empty() && front() != '|' && front() != ')') {
        bool part_empty = false;
        if (!part(part_empty) || !repeat(part_empty)) return false;
        empty = empty && part_empty;
      }
      may_be_empty = may_be_empty || empty;
      if (front() != '|' || rest_.empty()) break;
      copy(1);
    }
    --depth_;
    return true;
  }

  bool part(bool& may_be_empty) {
    switch (front()) {
      case '(':
        return group(may_be_empty);
      case '[':
        return character_class();
      case '\\':
        return escape(may_be_empty);
      case '^':
      case '$':
        may_be_empty = true;
        break;
      case '*':
      case '+':
      case '?':
      case '{':
        return false;
      default:
        break;
    }
    // A character of several bytes is one part: what follows may repeat it.
    std::size_t length = 1;
    while (length < rest_.size() && (static_cast<unsigned char>(rest_[length]) & 0xC0) == 0x80)
      ++length;
    copy(length);
    return true;
  }

  bool group(bool& may_be_empty) {
    if (take("(?:")) {
      out_ += "(?:";
    } else if (take("(?P<") || take("(?<")) {
      const auto end = rest_.find('>');
      if (end == std::string_view::npos) return false;
      rest_.remove_prefix(end + 1);
      out_ += '(';
    } else if (rest_.substr(1, 1) != "?") {
      copy(1);
    } else {
      return false;
    }
    if (!alternatives(may_be_empty) || front() != ')') return false;
    copy(1);
    return true;
  }

  bool escape(bool& may_be_empty) {
    if (rest_.size() < 2) return false;
    const char what = rest_[1];
    may_be_empty = is_one_of(what, "bAz");
    if (is_one_of(what, "dDwWtnrfbAz") || is_ascii_punctuation(what)) {
      copy(2);
      return true;
    }
    // PCRE2's has the vertical tab in it, too.
    if (what != 's' && what != 'S') return false;
    out_ += what == 's' ? "[\\t\\n\\f\\r ]" : "[^\\t\\n\\f\\r ]";
    rest_.remove_prefix(2);
    return true;
  }

  // One member of a class; `single` tells whether it is one character, as the ends of ranges are.
  bool class_member(bool& single) {
    single = true;
    if (front() == '[') {
      if (rest_.size() > 1 && is_one_of(rest_[1], ":.=")) return false;
      rest_.remove_prefix(1);
      out_ += "\\[";
      return true;
    }
    if (front() != '\\') {
      copy(1);
      return true;
    }
    if (rest_.size() < 2) return false;
    const char what = rest_[1];
    single = !is_one_of(what, "dws");
    if (what == 's') {
      out_ += "\\t\\n\\f\\r ";
      rest_.remove_prefix(2);
      return true;
    }
    if (!is_one_of(what, "dwtnrf") && !is_ascii_punctuation(what)) return false;
    copy(2);
    return true;
  }

  bool character_class() {
    copy(1);
    if (front() == '^') copy(1);
    for (bool first = true;; first = false) {
      if (rest_.empty()) return false;
      if (front() == ']' && !first) break;
      if (front() == ']') out_ += '\\';
      bool single = false;
      if (!class_member(single)) return false;
      if (front() != '-' || rest_.substr(1, 1) == "]") continue;
      if (!single) return false;
      copy(1);
      if (rest_.empty() || !class_member(single) || !single) return false;
    }
    copy(1);
    return true;
  }

  // `{n}`, `{n,}` or `{n,m}`: how long it is; 0 if it is another text.
  std::size_t counts_length() const {
    std::size_t at = 1;
    bool leads_with_zero = false;  // then it is no count to RE2
    const auto digits = [&] {
      const auto first = at;
      while (at < rest_.size() && is_digit(rest_[at])) ++at;
      leads_with_zero = leads_with_zero || (at - first > 1 && rest_[first] == '0');
      return at > first;
    };
    if (!digits()) return 0;
    if (at < rest_.size() && rest_[at] == ',') {
      ++at;
      digits();
    }
    return at < rest_.size() && rest_[at] == '}' && !leads_with_zero ? at + 1 : 0;
  }

  bool repeat(bool& may_be_empty) {
    const char what = front();
    if (rest_.empty() || !is_one_of(what, "*+?{")) return true;
    if (may_be_empty) return false;
    const auto length = what == '{' ? counts_length() : 1;
    if (length == 0) return false;
    // A group that is never matched is left out by RE2.
    if (rest_.starts_with("{0}") || rest_.starts_with("{0,0}")) return false;
    may_be_empty = what == '*' || what == '?' || rest_.starts_with("{0");
    copy(length);
    if (front() == '?') copy(1);
    // RE2 knows no repeat of a repeat; in PCRE2 it has a meaning of its own.
    return rest_.empty() || !is_one_of(front(), "*+?{");
  }

  std::string_view rest_;
  std::string out_;
  int depth_ = 0;
};

}  // namespace

std::optional<std::string> pcre2_pattern(std::string_view pattern) {
  return translation(pattern).run();
}

}  // namespace weir
