#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runtime/data/column.hpp"

namespace weir {

/// One step into a nested value: a key of a map, or a position in a list.
struct json_step {
  std::string key;
  std::optional<std::int64_t> position;
};

/// Looks values up in JSON text.
///
/// Every text that is given lies in padded memory: 64 bytes behind its end may be read. Texts of
/// columns and series do, see `buffer`.
///
/// Threads: one thread at a time.
class json_reader {
 public:
  json_reader();
  ~json_reader();
  json_reader(const json_reader&) = delete;
  json_reader& operator=(const json_reader&) = delete;

  /// The value at the end of `path`; null where a step is missing; none where the text on the way
  /// is not JSON. Of keys that occur twice the first counts. Integers that fit are int64; other
  /// numbers are float64 with their text; lists and maps are json.
  ///
  /// Memory: the value's text lives until the next call, or as long as `text` does.
  std::optional<value_view> find(std::string_view text, std::span<const json_step> path);

  /// The number of items of a list or keys of a map; none where the text is not JSON.
  std::optional<std::int64_t> size(std::string_view text);

  /// Calls `visit` with each item of the list, or each key of the map, until it answers false;
  /// false where the text is not JSON.
  ///
  /// Memory: an item's text lives until `visit` returns, or as long as `text` does.
  bool each(std::string_view text, const std::function<bool(const value_view&)>& visit);

  /// Whether `wanted` answers true for an item of the list, or for a key of the map; none where the
  /// text is not JSON.
  std::optional<bool> any(std::string_view text,
                          const std::function<bool(const value_view&)>& wanted);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Whether two JSON texts are the same value: keys of maps in any order, numbers by their value.
bool json_equal(std::string_view a, std::string_view b);

/// The list of the items of both; none where one is not a list.
std::optional<std::string> json_join_lists(std::string_view a, std::string_view b);

}  // namespace weir
