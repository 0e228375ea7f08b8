#include "pipelines/spec/substitution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "runtime/base/text.hpp"

namespace weir {

namespace {

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

}  // namespace

/// What stands between `${` and `}`.
struct substitution::reference {
  enum class form : std::uint8_t { bare, otherwise, demanded };

  std::string name;
  form what = form::bare;
  std::string rest;  // the default, or the message

  // None where `inside` has another form.
  static std::optional<reference> read(std::string_view inside) {
    std::size_t length = 0;
    while (length < inside.size() && is_name_character(inside[length])) ++length;
    const std::string_view behind = inside.substr(length);
    reference made;
    made.name = inside.substr(0, length);
    if (behind.starts_with(":-")) made.what = form::otherwise;
    if (behind.starts_with(":?")) made.what = form::demanded;
    if (length == 0 || (!behind.empty() && made.what == form::bare) ||
        behind.find("${") != std::string_view::npos)
      return std::nullopt;
    made.rest = behind.substr(std::min<std::size_t>(2, behind.size()));
    return made;
  }
};

/// A text that grows out of pieces of another one and of values from elsewhere.
struct substitution::spliced {
  const config_value& from;
  std::string text;
  std::vector<text_part> parts;

  void put(std::string_view value, std::size_t at) {
    add_part(at, true);
    text += value;
  }
  void keep(std::size_t begin, std::size_t end) {
    if (begin == end) return;
    add_part(begin, false);
    const std::size_t moved = text.size() - begin;  // wraps where the text became shorter
    if (from.place.parts)
      for (const auto& part : *from.place.parts)
        if (part.offset > begin && part.offset < end) {
          parts.push_back(part);
          parts.back().offset = part.offset + moved;
        }
    text += std::string_view(from.text).substr(begin, end - begin);
  }

 private:
  void add_part(std::size_t at, bool at_one_character) {
    const source_place place = from.place.at(from.text, at);
    if (!parts.empty() && parts.back().offset == text.size()) parts.pop_back();
    parts.push_back(
        {text.size(), place.line, place.column, at_one_character || is_at_one_character(at)});
  }
  bool is_at_one_character(std::size_t at) const {
    if (!from.place.parts) return from.place.style == scalar_style::block;
    bool fixed = false;
    for (const auto& part : *from.place.parts)
      if (part.offset <= at) fixed = part.at_one_character;
    return fixed;
  }
};

bool substitution::fill(config_value& value) {
  bool complete = true;
  for (auto& item : value.items) complete = fill(item) && complete;
  for (auto& entry : value.entries) complete = fill(entry.value) && complete;
  if (value.is_scalar() && value.text.find("${") != std::string::npos)
    complete = fill_scalar(value) && complete;
  return complete;
}

bool substitution::fill_scalar(config_value& value) {
  spliced made{value, {}, {}};
  const std::string& text = value.text;
  bool complete = true;
  bool put_any = false;
  std::size_t kept = 0;
  for (auto at = text.find("${"); at != std::string::npos; at = text.find("${", at)) {
    if (at > kept && text[at - 1] == '$') {
      made.keep(kept, at - 1);
      kept = at;
      at += 2;
      continue;
    }
    const source_place place = value.place.at(text, at);
    const auto end = text.find('}', at);
    if (end == std::string::npos) {
      found_.add("odd-substitution", place,
                 "'${' has no '}' behind it; write '$${' for the two characters themselves");
      return false;
    }
    const auto what = reference::read(std::string_view(text).substr(at + 2, end - at - 2));
    if (!what) {
      found_.add("odd-substitution", place,
                 fmt::format("{} is neither ${{NAME}} nor ${{NAME:-default}} nor "
                             "${{NAME:?message}}; write '$${{' for the two characters themselves",
                             quoted(text.substr(at, end + 1 - at))));
      complete = false;
    } else {
      const auto put = value_of(*what, place);
      made.keep(kept, at);
      if (put) made.put(*put, at);
      complete = complete && put.has_value();
      put_any = true;
      kept = end + 1;
    }
    at = end + 1;
  }
  made.keep(kept, text.size());
  if (!complete) return false;
  value.place.parts = std::make_shared<const std::vector<text_part>>(
      made.parts.empty()
          ? std::vector<text_part>{{0, value.place.start.line, value.place.start.column, true}}
          : std::move(made.parts));
  value.text = std::move(made.text);
  if (!put_any) return true;
  value.place.style = scalar_style::plain;
  if (value.text.empty() || value.text == "~" || value.text == "null")
    value.what = config_value::kind::null;
  return true;
}

std::optional<std::string> substitution::value_of(const reference& what,
                                                  const source_place& place) {
  const answer found = values_(what.name, what.what == reference::form::bare);
  if (what.what == reference::form::bare) {
    if (!found.value && found.why == missing::unknown)
      found_.add("no-value", place,
                 fmt::format("{} is neither a param nor set in the environment{}",
                             quoted(what.name), did_you_mean(what.name, known_)));
    return found.value;
  }
  if (found.value && !found.value->empty()) return found.value;
  if (what.what == reference::form::otherwise) return what.rest;
  found_.add("no-value", place,
             fmt::format("{} has no value: {}", quoted(what.name),
                         what.rest.empty() ? "it must be given" : what.rest));
  return std::nullopt;
}

}  // namespace weir
