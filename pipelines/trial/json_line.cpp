#include "pipelines/trial/json_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "runtime/data/json_text.hpp"
#include "runtime/data/records.hpp"

namespace weir {
namespace {

// Goes over a text that is known to be JSON.
class respeller {
 public:
  explicit respeller(std::string_view text) : text_(text) {}

  std::string all() && {
    value();
    return std::move(out_);
  }

 private:
  char next() {
    at_ = text_.find_first_not_of(" \t\r\n", at_);
    return text_[at_];
  }

  void value() {
    switch (next()) {
      case '{':
        members();
        return;
      case '[':
        items();
        return;
      case '"':
        string();
        return;
      default: {
        const auto end = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
        out_ += text_.substr(at_, end - at_);
        at_ = end;
      }
    }
  }

  void string() {
    const std::size_t begin = ++at_;
    while (text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    std::string meant;
    append_unescaped(meant, text_.substr(begin, at_ - begin));
    ++at_;
    append_json_string(out_, meant);
  }

  // Moves behind `,` or `close`; whether it was `close`.
  bool at_end(char close) {
    const bool ended = next() == close;
    ++at_;
    return ended;
  }

  void items() {
    out_ += '[';
    ++at_;
    if (next() == ']') {
      ++at_;
    } else {
      for (value(); !at_end(']'); value()) out_ += ',';
    }
    out_ += ']';
  }

  void members() {
    out_ += '{';
    ++at_;
    if (next() == '}') {
      ++at_;
    } else {
      const std::size_t first = out_.size();
      do member(first);
      while (!at_end('}'));
    }
    out_ += '}';
  }

  void member(std::size_t first) {
    const std::size_t before = out_.size();
    if (before > first) out_ += ',';
    next();
    string();
    next();
    ++at_;
    out_ += ':';
    const std::size_t begin = out_.size();
    value();
    if (out_.compare(begin, std::string::npos, "null") == 0) out_.resize(before);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
};

std::string name_of(std::string_view key) {
  std::string name;
  append_unescaped(name, key);
  return name;
}

}  // namespace

std::string respelled(std::string_view json) { return respeller(json).all(); }

std::set<std::string> keys_of(std::string_view object) {
  std::set<std::string> keys;
  each_json_member(
      object, [&](std::string_view key, std::string_view /*value*/) { keys.insert(name_of(key)); });
  return keys;
}

std::string with_keys(std::string_view object, const std::set<std::string>& keys) {
  std::string out;
  each_json_member(object, [&](std::string_view key, std::string_view value) {
    if (!keys.contains(name_of(key))) return;
    out += out.empty() ? '{' : ',';
    out += '"';
    out += key;
    out += "\":";
    out += value;
  });
  return out.empty() ? "{}" : out + "}";
}

std::string sorted_by_key(std::string_view object) {
  std::map<std::string_view, std::string_view> members;
  each_json_member(
      object, [&](std::string_view key, std::string_view value) { members.emplace(key, value); });
  std::string out;
  for (const auto& [key, value] : members)
    out += fmt::format("{}\"{}\":{}", out.empty() ? '{' : ',', key, value);
  return out.empty() ? "{}" : out + "}";
}

std::string text_under(std::string_view object, std::string_view key) {
  std::string text;
  each_json_member(object, [&](std::string_view name, std::string_view value) {
    if (name_of(name) == key && value.starts_with('"'))
      append_unescaped(text, value.substr(1, value.size() - 2));
  });
  return text;
}

std::string number_under(std::string_view object, std::string_view key) {
  std::string text;
  each_json_member(object, [&](std::string_view name, std::string_view value) {
    if (name_of(name) == key && is_json_number(value)) text = value;
  });
  return text;
}

}  // namespace weir
