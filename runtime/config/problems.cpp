#include "runtime/config/problems.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace weir {

void problems::add(std::string code, source_place place, const std::string& text) {
  all_.push_back({problem::level::error, std::move(code), std::move(place), with_subjects(text)});
}

void problems::warn(std::string code, source_place place, const std::string& text) {
  all_.push_back({problem::level::warning, std::move(code), std::move(place), with_subjects(text)});
}

std::size_t problems::errors() const {
  return static_cast<std::size_t>(std::count_if(all_.begin(), all_.end(), [](const problem& p) {
    return p.severity == problem::level::error;
  }));
}

void problems::sort() {
  const auto key = [](const problem& p) {
    return std::make_tuple(p.place.file ? *p.place.file : std::string(), p.place.line,
                           p.place.column);
  };
  std::stable_sort(all_.begin(), all_.end(),
                   [&](const problem& a, const problem& b) { return key(a) < key(b); });
}

std::string problems::with_subjects(const std::string& text) const {
  if (subjects_.empty()) return text;
  return fmt::format("{}: {}", fmt::join(subjects_, ", "), text);
}

std::string to_text(const problem& what) {
  std::string text;
  if (what.place.file) text += *what.place.file;
  if (what.place.line > 0) text += fmt::format(":{}:{}", what.place.line, what.place.column);
  if (!text.empty()) text += ": ";
  if (what.severity == problem::level::warning) text += "warning: ";
  return text + what.text;
}

}  // namespace weir
