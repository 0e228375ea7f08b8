#pragma once

#include <simdjson.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/support/line_pieces.hpp"

namespace weir::testing {

/// Goes over NDJSON by simdjson's on-demand interface and gives the text of the wanted keys'
/// values.
///
/// That interface checks only what is asked of it, and takes documents for what it finds between
/// them: what it leaves out, and that documents agree with lines, is checked here.
/// Errors: throws on the first line that is not one complete JSON object in UTF-8.
template <std::size_t Count>
class ndjson_loop {
 public:
  /// As the values stand in the file, strings with their quotes; empty where a key is missing.
  using texts = std::array<std::string_view, Count>;

  explicit ndjson_loop(std::array<std::string_view, Count> keys) : keys_(keys) {
    parser_.threaded = false;
  }

  /// Calls `handle(texts)` for each record of the files.
  template <class Handle>
  void each_record(const std::vector<std::string>& paths, Handle handle) {
    for (const auto& path : paths) {
      line_pieces pieces(path);
      for (auto piece = pieces.next(); !piece.empty(); piece = pieces.next())
        each_record_of(piece, handle);
    }
  }

  /// The same for a text of whole lines.
  /// Requires: `simdjson::SIMDJSON_PADDING` bytes may be read behind it.
  template <class Handle>
  void each_record_of(std::string_view piece, Handle&& handle) {
    end_ = piece.data() + piece.size();
    backslash_ = nullptr;
    simdjson::ondemand::document_stream documents;
    require(
        parser_.iterate_many(piece.data(), piece.size(), line_pieces::piece_bytes).get(documents) ==
        simdjson::SUCCESS);
    const char* line = piece.data();
    const auto none = documents.end();
    for (auto at = documents.begin(); at != none; ++at) {
      // What lies before the document must be empty lines: a document that went on into a second
      // line, and one that begins behind another on its line, are found by this.
      const char* begin = piece.data() + at.current_index();
      require(begin >= line && is_blank({line, static_cast<std::size_t>(begin - line)}));
      const void* end = std::memchr(begin, '\n', static_cast<std::size_t>(end_ - begin));
      line = end == nullptr ? end_ : static_cast<const char*>(end) + 1;
      auto document = *at;
      simdjson::ondemand::object record;
      require(document.get_object().get(record) == simdjson::SUCCESS);
      handle(wanted_of(record));
    }
    require(is_blank({line, static_cast<std::size_t>(end_ - line)}));
  }

 private:
  using value = simdjson::ondemand::value;

  texts wanted_of(simdjson::ondemand::object& record) {
    texts found;
    for (auto member : record) {
      simdjson::ondemand::field field;
      require(std::move(member).get(field) == simdjson::SUCCESS);
      const char* name = field.key().raw();
      const std::string_view text = field.value().raw_json_token();
      const bool is_escaped = has_backslash(name, text.data());
      std::string_view unescaped;
      if (is_escaped) require(field.unescaped_key().get(unescaped) == simdjson::SUCCESS);
      for (std::size_t i = 0; i < Count; ++i)
        if (is_escaped ? unescaped == keys_[i] : field.key().unsafe_is_equal(keys_[i])) {
          require(text.front() != '{' && text.front() != '[');
          if (found[i].empty()) found[i] = trimmed(text);
        }
      check(field.value(), text);
    }
    return found;
  }

  void check(value& what, std::string_view text) {
    const char first = text.front();
    if (first == '"') {
      if (has_backslash(text.data(), text.data() + text.size()))
        require(what.get_string().error() == simdjson::SUCCESS);
    } else if (first == '-' || is_digit(first)) {
      // Several times as fast as having simdjson work the number out.
      require(is_number(trimmed(text)));
    } else if (first == '{') {
      for (auto member : what.get_object()) {
        require(member.unescaped_key().error() == simdjson::SUCCESS);
        value inner = member.value();
        check(inner, inner.raw_json_token());
      }
    } else if (first == '[') {
      for (auto item : what.get_array()) {
        value inner = item.value();
        check(inner, inner.raw_json_token());
      }
    } else {
      const auto word = trimmed(text);
      require(word == "true" || word == "false" || word == "null");
    }
  }

  // Asked with ascending texts: the next backslash is looked for once.
  bool has_backslash(const char* begin, const char* end) {
    if (backslash_ < begin) {
      const void* next = std::memchr(begin, '\\', static_cast<std::size_t>(end_ - begin));
      backslash_ = next == nullptr ? end_ : static_cast<const char*>(next);
    }
    return backslash_ < end;
  }

  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  static bool is_number(std::string_view text) {
    const char* at = text.data();
    const char* end = at + text.size();
    const auto digits = [&] {
      const char* first = at;
      while (at < end && is_digit(*at)) ++at;
      return at - first;
    };
    if (*at == '-') ++at;
    const bool has_leading_zero = at < end && *at == '0';
    const auto whole = digits();
    if (whole == 0 || (has_leading_zero && whole > 1)) return false;
    if (at < end && *at == '.' && (++at, digits() == 0)) return false;
    if (at < end && (*at == 'e' || *at == 'E')) {
      ++at;
      if (at < end && (*at == '+' || *at == '-')) ++at;
      if (digits() == 0) return false;
    }
    return at == end;
  }

  static std::string_view trimmed(std::string_view text) {
    while (is_blank(text.substr(text.size() - 1))) text.remove_suffix(1);
    return text;
  }

  static bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
  }

  static void require(bool is_good) {
    if (!is_good) throw std::runtime_error("a line is not a JSON object of the expected shape");
  }

  std::array<std::string_view, Count> keys_;
  simdjson::ondemand::parser parser_;
  const char* end_ = nullptr;        // of the piece
  const char* backslash_ = nullptr;  // the next one, or `end_`
};

}  // namespace weir::testing
