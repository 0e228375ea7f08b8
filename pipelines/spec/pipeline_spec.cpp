#include "pipelines/spec/pipeline_spec.hpp"

#include <algorithm>

namespace weir {

const std::vector<std::string>& stage_keys() {
  static const std::vector<std::string> keys{"name",         "type",    "from",       "workers",
                                             "by",           "ordered", "credit",     "when_full",
                                             "on_failure",   "restart", "retry",      "timeout",
                                             "max_duration", "window",  "description"};
  return keys;
}

bool is_name(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

}  // namespace weir
