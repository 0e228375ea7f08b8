#include "pipelines/assemble/check_flow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "pipelines/assemble/check_failures.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

// Depth first along "reads from"; what is found again while still open closes a circle.
class ordering {
 public:
  ordering(const draft& in, problems& found) : in_(in), found_(found), state_(in.stages.size()) {
    reads_.resize(in.stages.size());
    for (const auto& edge : in.edges) reads_[edge.to.stage].push_back(edge.from.stage);
  }

  std::optional<std::vector<std::uint32_t>> run() {
    for (std::uint32_t i = 0; i < in_.stages.size(); ++i) visit(i);
    if (has_circle_) return std::nullopt;
    return std::move(order_);
  }

 private:
  enum class state : std::uint8_t { unseen, open, done };

  // A stack of our own: a file may have many thousands of stages in a row.
  void visit(std::uint32_t first) {
    if (state_[first] != state::unseen) return;
    std::vector<std::pair<std::uint32_t, std::size_t>> path{{first, 0}};
    state_[first] = state::open;
    while (!path.empty()) {
      const std::uint32_t stage = path.back().first;
      const std::size_t next = path.back().second++;
      if (next == reads_[stage].size()) {
        state_[stage] = state::done;
        order_.push_back(stage);
        path.pop_back();
        continue;
      }
      const std::uint32_t above = reads_[stage][next];
      if (state_[above] == state::unseen) {
        state_[above] = state::open;
        path.emplace_back(above, 0);
      } else if (state_[above] == state::open) {
        std::vector<std::uint32_t> circle;
        for (auto at = path.rbegin(); at->first != above; ++at) circle.push_back(at->first);
        circle.push_back(above);
        tell({circle.rbegin(), circle.rend()});
      }
    }
  }

  void tell(std::vector<std::uint32_t> circle) {
    has_circle_ = true;
    std::rotate(circle.begin(), std::min_element(circle.begin(), circle.end()), circle.end());
    std::string path = "it";
    for (std::size_t i = 1; i < circle.size(); ++i)
      path += fmt::format(" reads '{}', which", in_.stages[circle[i]].spec->name);
    path += fmt::format(" reads '{}'", in_.stages[circle.front()].spec->name);
    const stage_spec& first = *in_.stages[circle.front()].spec;
    const auto in = found_.enter(in_.subject(circle.front()));
    found_.add("cycle", first.from.what == from_spec::form::none ? first.place : first.from.place,
               fmt::format("{}; records can't go round in a circle", path));
  }

  const draft& in_;
  problems& found_;
  std::vector<std::vector<std::uint32_t>> reads_;
  std::vector<state> state_;
  std::vector<std::uint32_t> order_;
  bool has_circle_ = false;
};

std::string unread_text(const draft_stage& stage, const std::vector<std::string>& unread) {
  const std::string& name = stage.spec->name;
  if (stage.outputs.size() == 1 && !stage.type->has_chosen_outputs)
    return fmt::format(
        "nobody reads its records; if they are to go nowhere, add {{type: discard, "
        "from: {}}}",
        name);
  std::vector<std::string> names;
  for (const auto& port : unread) names.push_back(name + "." + port);
  return fmt::format(
      "nobody reads {}; if such records are to go nowhere, add {{type: discard, "
      "from: {}}}",
      one_of(names), names.size() == 1 ? names[0] : fmt::format("[{}]", fmt::join(names, ", ")));
}

}  // namespace

std::optional<std::vector<std::uint32_t>> order_stages(const draft& in, problems& found) {
  return ordering(in, found).run();
}

void check_outputs(const draft& in, problems& found) {
  const bool all_known = std::all_of(in.stages.begin(), in.stages.end(),
                                     [](const draft_stage& s) { return s.type != nullptr; });
  const bool any_sink = std::any_of(in.stages.begin(), in.stages.end(), [](const draft_stage& s) {
    return s.type && s.type->kind == stage_kind::sink;
  });
  if (all_known && !any_sink && !in.stages.empty())
    found.add("no-sink", in.stages.back().spec->place,
              "the pipeline ends without a sink; add one behind the last stage, as in {type: "
              "print}");
  // An edge that is missing would show as an output that nobody reads.
  if (!in.is_wired || !all_known) return;
  const bool any_mistake = found.any_errors();
  std::set<std::pair<std::uint32_t, port_number>> read;
  for (const auto& edge : in.edges) read.insert({edge.from.stage, edge.from.port});
  for (std::uint32_t i = 0; i < in.stages.size(); ++i) {
    const draft_stage& stage = in.stages[i];
    const auto subject = found.enter(in.subject(i));
    std::vector<std::string> unread;
    for (port_number port = 0; port < stage.outputs.size(); ++port)
      if (!read.contains({i, port})) unread.push_back(stage.outputs[port]);
    if (any_sink && !unread.empty())
      found.warn("unread-output", stage.spec->place, unread_text(stage, unread));
    // Advice rather than a mistake: told where there is nothing else to mend.
    const bool by_policy =
        rejects_by_policy(stage.spec->on_failure.policy, *stage.type) && !why_not_held(in, i);
    if (!any_mistake && (by_policy || stage.configured->rejects()) &&
        !read.contains({i, stage.rejected()}))
      found.warn("unread-rejected", stage.spec->place,
                 fmt::format("records it rejects are only counted, as nobody reads '{}.rejected'",
                             stage.spec->name));
  }
}

}  // namespace weir
