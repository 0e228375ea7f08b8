#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace weir::codecs {

/// Finds where records end in bytes that come piece by piece, without reading the records.
///
/// Each call goes on where the last one ended.
///
/// Threads: one thread at a time.
class record_splitter {
 public:
  virtual ~record_splitter() = default;

  /// Goes over all of `bytes`; answers how many of them lie before the end of the last record that
  /// ends in them (its line end included). None: no record ends in them.
  virtual std::optional<std::size_t> last_end(std::string_view bytes) = 0;

  /// Goes over `bytes` up to the end of the first record that ends in them, and no further.
  virtual std::optional<std::size_t> first_end(std::string_view bytes) = 0;
};

/// A record ends with its line.
class line_splitter final : public record_splitter {
 public:
  std::optional<std::size_t> last_end(std::string_view bytes) override;
  std::optional<std::size_t> first_end(std::string_view bytes) override;
};

/// A record ends with its line, but for line ends within a quoted field (RFC 4180).
///
/// A quote opens a quoted field only where a field begins.
class csv_splitter final : public record_splitter {
 public:
  explicit csv_splitter(char delimiter) : delimiter_(delimiter) {}

  std::optional<std::size_t> last_end(std::string_view bytes) override;
  std::optional<std::size_t> first_end(std::string_view bytes) override;

 private:
  enum class within { field_start, plain, quoted, quote };

  bool last_end_by_blocks(std::string_view bytes, std::optional<std::size_t>& found);
  std::size_t step(std::string_view bytes, std::size_t at);

  char delimiter_;
  within state_ = within::field_start;
};

}  // namespace weir::codecs
