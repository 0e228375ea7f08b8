#include "pipelines/inspect/json_writer.hpp"

#include <fmt/format.h>

#include <cmath>

#include "runtime/base/text.hpp"

namespace weir {
namespace {

// The bytes of the character that begins with `lead`, if it is UTF-8.
std::size_t character_length(unsigned char lead) {
  return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

}  // namespace

json_writer& json_writer::key(std::string_view name) {
  before_value();
  append_string(name);
  text_ += ": ";
  after_key_ = true;
  return *this;
}

json_writer& json_writer::value(std::string_view text) {
  before_value();
  append_string(text);
  return *this;
}

json_writer& json_writer::value(double number) {
  return std::isfinite(number) ? word(fmt::format("{}", number)) : null();
}

json_writer& json_writer::open(char bracket) {
  before_value();
  text_ += bracket;
  ++depth_;
  has_members_ = false;
  return *this;
}

json_writer& json_writer::close(char bracket) {
  --depth_;
  if (has_members_) new_line();
  text_ += bracket;
  has_members_ = true;
  return *this;
}

json_writer& json_writer::word(std::string_view text) {
  before_value();
  text_ += text;
  return *this;
}

void json_writer::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (depth_ == 0) return;
  if (has_members_) text_ += ',';
  has_members_ = true;
  new_line();
}

void json_writer::append_string(std::string_view text) {
  text_ += '"';
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = character_length(lead);
    const auto character = text.substr(0, length);
    if (character.size() != length || !is_utf8(character)) {
      text_ += "\xEF\xBF\xBD";
      text.remove_prefix(1);
      continue;
    }
    if (lead == '"' || lead == '\\')
      text_ += {'\\', text.front()};
    else if (lead == '\n')
      text_ += "\\n";
    else if (lead == '\t')
      text_ += "\\t";
    else if (lead < 0x20 || lead == 0x7F)
      text_ += fmt::format("\\u{:04x}", lead);
    else
      text_ += character;
    text.remove_prefix(length);
  }
  text_ += '"';
}

void json_writer::new_line() {
  text_ += '\n';
  text_.append(2 * depth_, ' ');
}

std::string json_writer::take() {
  std::string text = std::move(text_);
  *this = json_writer();
  text += '\n';
  return text;
}

}  // namespace weir
