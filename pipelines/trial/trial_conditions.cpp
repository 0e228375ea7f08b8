#include "pipelines/trial/trial_conditions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "pipelines/trial/trial_differences.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

constexpr std::size_t records_shown_max = 5;

std::string records(std::size_t count) {
  return fmt::format("{} record{}", count, count == 1 ? "" : "s");
}

class told_records {
 public:
  told_records(const captured_records& of, bool in_order) : of_(of), in_order_(in_order) {}

  // The records of these numbers, each with what the condition is for it.
  std::string list(std::vector<std::size_t> which, const std::vector<std::string>* failings) const {
    if (!in_order_)
      std::sort(which.begin(), which.end(),
                [&](std::size_t a, std::size_t b) { return of_.lines[a] < of_.lines[b]; });
    std::string text;
    for (std::size_t i = 0; i < which.size() && i < records_shown_max; ++i) {
      text += "\n";
      text += in_order_ ? fmt::format("{:>5}   ", which[i] + 1) : std::string("      ");
      text += shown_record(of_.lines[which[i]]);
      if (failings == nullptr) continue;
      // What is the plain opposite needs no word.
      const auto& is = (*failings)[which[i]];
      if (!is.empty() && is != "false") text += fmt::format("\n        ({})", is);
    }
    if (which.size() > records_shown_max)
      text += fmt::format("\n      ... and {} more", which.size() - records_shown_max);
    return text;
  }

 private:
  const captured_records& of_;
  bool in_order_;
};

// Whether a condition was evaluated and is not true, or could not be evaluated.
bool has_value(const std::string& failing) { return failing == "false" || failing == "null"; }

std::string unmet(const test_condition& condition, const captured_records& got,
                  const std::vector<std::string>& failings, const told_records& told) {
  std::vector<std::size_t> all(got.lines.size());
  std::iota(all.begin(), all.end(), 0);
  std::vector<std::size_t> found;
  switch (condition.what) {
    case test_condition::kind::each:
      std::copy_if(all.begin(), all.end(), std::back_inserter(found),
                   [&](std::size_t i) { return !failings[i].empty(); });
      if (found.empty()) return "";
      return fmt::format("not true for {} of {}{}", found.size(), records(all.size()),
                         told.list(found, &failings));
    case test_condition::kind::any:
      if (std::any_of(failings.begin(), failings.end(), [](const auto& f) { return f.empty(); }))
        return "";
      return all.empty() ? std::string("there are no records")
                         : fmt::format("not true for any of {}{}", records(all.size()),
                                       told.list(all, &failings));
    case test_condition::kind::none:
      std::copy_if(all.begin(), all.end(), std::back_inserter(found),
                   [&](std::size_t i) { return !has_value(failings[i]); });
      if (found.empty()) return "";
      return fmt::format("not false for {} of {}{}", found.size(), records(all.size()),
                         told.list(found, &failings));
  }
  return "";
}

}  // namespace

void add_unmet_conditions(const std::string& what, const test_records& expected,
                          const captured_records& got, bool in_order,
                          std::vector<std::string>& to) {
  const told_records told(got, in_order);
  if (expected.count && *expected.count != got.lines.size()) {
    std::vector<std::size_t> all(got.lines.size());
    std::iota(all.begin(), all.end(), 0);
    to.push_back(fmt::format("{}: {}, expected {}{}", what, records(all.size()), *expected.count,
                             told.list(all, nullptr)));
  }
  for (std::size_t i = 0; i < expected.conditions.size(); ++i) {
    const auto& condition = expected.conditions[i];
    const auto text = unmet(condition, got, got.failings[i], told);
    if (!text.empty())
      to.push_back(fmt::format("{}: {} {}: {}", what, name_of(condition.what),
                               quoted(condition.value.text()), text));
  }
}

}  // namespace weir
