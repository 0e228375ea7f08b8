#include "runtime/data/column_path.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/text.hpp"

namespace weir {
namespace {

bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool goes_on(char c) { return begins_name(c) || (c >= '0' && c <= '9'); }

bool is_plain(std::string_view name) {
  return !name.empty() && begins_name(name.front()) &&
         std::all_of(name.begin(), name.end(), goes_on);
}

}  // namespace

result<column_path> parse_column_path(std::string_view text) {
  const auto refuse = [&] {
    return failure("not-a-column",
                   fmt::format("{} is not a column; write a name, a path as in 'request.path', or "
                               "an odd name in backticks",
                               quoted(text)));
  };
  column_path path;
  std::string_view rest = text;
  for (;;) {
    if (rest.starts_with('`')) {
      const auto end = rest.find('`', 1);
      if (end == std::string_view::npos || end == 1) return refuse();
      path.steps.emplace_back(rest.substr(1, end - 1));
      rest.remove_prefix(end + 1);
    } else {
      const auto end = std::find_if_not(rest.begin(), rest.end(), goes_on);
      const auto length = static_cast<std::size_t>(end - rest.begin());
      if (!is_plain(rest.substr(0, length))) return refuse();
      path.steps.emplace_back(rest.substr(0, length));
      rest.remove_prefix(length);
    }
    if (rest.empty()) return path;
    if (!rest.starts_with('.')) return refuse();
    rest.remove_prefix(1);
  }
}

std::string to_text(const column_path& path) {
  std::string text;
  for (const auto& step : path.steps) {
    if (!text.empty()) text += '.';
    text += is_plain(step) ? step : "`" + step + "`";
  }
  return text;
}

}  // namespace weir
