#include "tests/processes/run_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace weir::testing {

run_figures::run_figures(const std::string& report) {
  const auto list = records("[" + report + "]");
  if (!list.empty()) all_ = list.front();
}

std::uint64_t run_figures::number(const record_value& value) {
  return std::strtoull(value.text.c_str(), nullptr, 10);
}

std::uint64_t run_figures::of(const std::string& stage, const std::string& figure) const {
  for (const auto& s : all_["stages"].items)
    if (s["name"].text == stage) return number(s[figure]);
  return 0;
}

bool run_figures::told(const std::string& stage, const std::string& part) const {
  return std::ranges::any_of(all_["events"].items, [&](const auto& event) {
    return event["stage"].text == stage && event["text"].text.find(part) != std::string::npos;
  });
}

// sent = received + dropped + discarded + queued, and nothing is queued at an end.
void run_figures::add_unbalanced_edges(std::vector<std::string>& found) const {
  for (const auto& e : all_["edges"].items) {
    const auto at = [&](const char* key) { return number(e[key]); };
    const auto accounted = at("received") + at("dropped") + at("discarded") + at("queued");
    if (at("sent") == accounted && at("queued") == 0 && e["balances"].boolean) continue;
    found.push_back(fmt::format("edge {} -> {}: sent {}, accounted for {}, queued {}",
                                e["from"].text, e["to"].text, at("sent"), accounted, at("queued")));
  }
}

// received = passed + filtered + absorbed + rejected + held.
void run_figures::add_unbalanced_stages(std::vector<std::string>& found) const {
  for (const auto& s : all_["stages"].items) {
    const auto at = [&](const char* key) { return number(s[key]); };
    // What a source rejects was created by its input, not received.
    const bool is_source = at("chunks_in") == 0 && at("received") == 0;
    const auto accounted =
        at("passed") + at("filtered") + at("absorbed") + at("rejected") + at("held");
    if (is_source || at("received") == accounted) continue;
    found.push_back(fmt::format("stage '{}': received {}, accounted for {}", s["name"].text,
                                at("received"), accounted));
  }
}

std::vector<std::string> run_figures::imbalances() const {
  std::vector<std::string> found;
  for (const auto& line : all_["imbalances"].items) found.push_back(line.text);
  add_unbalanced_edges(found);
  add_unbalanced_stages(found);
  for (const auto& left : all_["unfinished"].items)
    found.push_back(fmt::format("stage '{}' did not come back from '{}'", left["stage"].text,
                                left["call"].text));
  return found;
}

}  // namespace weir::testing
