#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace weir::codecs {

/// Finds the characters of JSON text that give it its structure, some gigabytes a second:
/// simdjson's first stage, for many documents at once.
///
/// The positions are those of `{ } [ ] : ,` outside of strings, of each string's opening quote, and
/// of the first character of each other run of characters that is neither white space nor one of
/// those. Behind the last position stand `ends` equal to the text's length.
///
/// Memory:  four bytes for each byte of the longest text so far.
/// Threads: one thread at a time.
class json_index {
 public:
  static constexpr std::size_t ends = 5;

  json_index();
  ~json_index();
  json_index(json_index&&) noexcept;
  json_index& operator=(json_index&&) noexcept;

  /// Whether `text` is UTF-8, each string in it ends, and none has a control character in it: so
  /// none spans a line end, and each line can be read on its own.
  bool build(std::string_view text);

  /// The positions of the last text that `build` accepted, ascending.
  const std::uint32_t* positions() const;
  /// How many there are, without the `ends`.
  std::size_t size() const;

 private:
  struct parser;
  std::unique_ptr<parser> parser_;
};

/// The same as `is_utf8`, some gigabytes a second.
bool is_utf8_fast(std::string_view bytes);

}  // namespace weir::codecs
