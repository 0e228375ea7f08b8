#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace weir {

/// Writes one JSON text for people and programs: two spaces a level, keys in the order given.
///
/// Bytes that are not UTF-8 (a path can hold any) become U+FFFD, so the text is always JSON.
/// Requires: values and keys come in an order that makes a JSON text; that is not checked.
class json_writer {
 public:
  json_writer& begin_object() { return open('{'); }
  json_writer& end_object() { return close('}'); }
  json_writer& begin_array() { return open('['); }
  json_writer& end_array() { return close(']'); }
  json_writer& key(std::string_view name);

  json_writer& value(std::string_view text);
  json_writer& value(const char* text) { return value(std::string_view(text)); }
  json_writer& value(bool yes) { return word(yes ? "true" : "false"); }
  json_writer& value(double number);
  template <std::integral Integer>
  json_writer& value(Integer number) {
    return word(std::to_string(number));
  }
  json_writer& null() { return word("null"); }

  /// A key and its value.
  template <class T>
  json_writer& member(std::string_view name, T&& content) {
    return key(name).value(std::forward<T>(content));
  }

  /// A key and its text; null where that is empty.
  json_writer& text_or_null(std::string_view name, std::string_view text) {
    return text.empty() ? key(name).null() : member(name, text);
  }

  /// The text so far, with a line's end behind it; the writer is empty again.
  std::string take();

 private:
  json_writer& open(char bracket);
  json_writer& close(char bracket);
  json_writer& word(std::string_view text);
  void before_value();
  void append_string(std::string_view text);
  void new_line();

  std::string text_;
  std::size_t depth_ = 0;
  bool has_members_ = false;  // of the innermost object or array
  bool after_key_ = false;
};

}  // namespace weir
