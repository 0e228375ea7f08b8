#include "tests/runtime/expression/text_message.hpp"

#include <cctype>
#include <stdexcept>

#include "runtime/expression/string_literal.hpp"

namespace weir::testing {
namespace {

class reader {
 public:
  explicit reader(std::string_view text) : text_(text) {}

  text_message whole() {
    text_message out = fields('\0');
    if (at_ != text_.size()) refuse();
    return out;
  }

 private:
  [[noreturn]] void refuse() const {
    throw std::runtime_error("not understood at byte " + std::to_string(at_));
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip() {
    for (; at_ < text_.size(); ++at_) {
      if (peek() == '#') {
        while (at_ < text_.size() && peek() != '\n') ++at_;
      } else if (std::isspace(static_cast<unsigned char>(peek())) == 0 && peek() != ',' &&
                 peek() != ';') {
        return;
      }
    }
  }
  bool take(char c) {
    skip();
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  std::string word() {
    skip();
    const std::size_t begin = at_;
    while (std::isalnum(static_cast<unsigned char>(peek())) != 0 || peek() == '_' ||
           peek() == '.' || peek() == '-' || peek() == '+')
      ++at_;
    if (begin == at_) refuse();
    return std::string(text_.substr(begin, at_ - begin));
  }

  // The bytes of a quoted text; its escapes are those of CEL's literals of bytes, but for \u.
  std::string quoted_text() {
    const char quote = text_[at_++];
    const std::size_t begin = at_;
    while (peek() != quote) {
      if (at_ >= text_.size()) refuse();
      at_ += peek() == '\\' ? 2 : 1;
    }
    const auto inside = text_.substr(begin, at_++ - begin);
    const bool points = inside.find("\\U") != std::string_view::npos ||
                        inside.find("\\u") != std::string_view::npos;
    std::vector<expression_problem> problems;
    auto out = syntax::decode_string(inside, {.raw = false, .bytes = !points}, 0, problems);
    if (!problems.empty()) refuse();
    return out;
  }

  text_message::field one() {
    text_message::field out;
    out.name = word();
    const bool colon = take(':');
    if (take('{')) {
      out.message.push_back(fields('}'));
      return out;
    }
    if (!colon) refuse();
    skip();
    if (peek() != '"' && peek() != '\'') {
      out.scalar = word();
      return out;
    }
    for (; peek() == '"' || peek() == '\''; skip()) out.scalar += quoted_text();
    return out;
  }

  text_message fields(char close) {
    text_message out;
    for (skip(); at_ < text_.size(); skip()) {
      if (close != '\0' && take(close)) return out;
      out.fields.push_back(one());
    }
    if (close != '\0') refuse();
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

const text_message* text_message::find(std::string_view name) const {
  for (const auto& f : fields)
    if (f.name == name && !f.message.empty()) return &f.message.front();
  return nullptr;
}

std::string text_message::scalar(std::string_view name) const {
  for (const auto& f : fields)
    if (f.name == name) return f.scalar;
  return {};
}

bool text_message::has(std::string_view name) const {
  for (const auto& f : fields)
    if (f.name == name) return true;
  return false;
}

std::vector<const text_message*> text_message::all(std::string_view name) const {
  std::vector<const text_message*> out;
  for (const auto& f : fields)
    if (f.name == name && !f.message.empty()) out.push_back(&f.message.front());
  return out;
}

text_message read_text_message(std::string_view text) { return reader(text).whole(); }

}  // namespace weir::testing
