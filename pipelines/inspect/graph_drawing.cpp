#include "pipelines/inspect/graph_drawing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "pipelines/inspect/planned_edge.hpp"
#include "pipelines/inspect/text_layout.hpp"
#include "runtime/base/check.hpp"

namespace weir {
namespace {

// Stage numbers with each stage behind all it reads from, otherwise in the graph's order.
std::vector<std::uint32_t> drawing_order(const graph& what) {
  std::vector<std::uint32_t> order;
  std::vector<bool> placed(what.stages.size(), false);
  const auto ready = [&](std::uint32_t stage) {
    return std::all_of(what.edges.begin(), what.edges.end(), [&](const graph_edge& e) {
      return e.to.stage != stage || placed[e.from.stage];
    });
  };
  while (order.size() < what.stages.size()) {
    std::uint32_t next = 0;
    while (next < placed.size() && (placed[next] || !ready(next))) ++next;
    WEIR_CHECK(next < placed.size(), "a graph to be drawn has a cycle");
    placed[next] = true;
    order.push_back(next);
  }
  return order;
}

// The lines on the left: lanes from top to bottom, one an edge that is under way.
class lanes {
 public:
  // The lines that end in `stage` come together, in `row` and where needed in a line above it.
  // Answers the lane of the stage.
  std::size_t enter(std::uint32_t stage, std::vector<std::string>& rows) {
    std::vector<std::size_t> ending;
    for (std::size_t i = 0; i < to_.size(); ++i)
      if (to_[i] == stage) ending.push_back(i);
    if (ending.empty()) return free_lane(0);
    if (ending.size() > 1) rows.push_back(joint(ending, "┴", "╯"));
    for (const auto i : ending) to_[i] = nobody;
    return ending.front();
  }

  // The drawing's row of the stage itself.
  std::string row(std::size_t lane, std::string_view symbol) const {
    std::string text;
    for (std::size_t i = 0; i < std::max(to_.size(), lane + 1); ++i) {
      text += i == lane ? symbol : i < to_.size() && to_[i] != nobody ? "│" : " ";
      text += ' ';
    }
    return text;
  }

  // Lines to all of `readers` leave the stage in `lane`, the first straight down.
  void leave(std::size_t lane, const std::vector<std::uint32_t>& readers,
             std::vector<std::string>& rows) {
    if (to_.size() <= lane) to_.resize(lane + 1, nobody);
    std::vector<std::size_t> leaving;
    std::vector<std::uint32_t> before = to_;
    for (const auto reader : readers) {
      const std::size_t free = leaving.empty() ? lane : free_lane(lane + 1);
      if (to_.size() <= free) to_.resize(free + 1, nobody);
      to_[free] = reader;
      leaving.push_back(free);
    }
    if (leaving.size() > 1) {
      before.resize(to_.size(), nobody);
      std::swap(before, to_);
      rows.push_back(joint(leaving, "┬", "╮"));
      std::swap(before, to_);
    }
    while (!to_.empty() && to_.back() == nobody) to_.pop_back();
  }

 private:
  static constexpr std::uint32_t nobody = ~std::uint32_t{0};

  std::size_t free_lane(std::size_t from) const {
    while (from < to_.size() && to_[from] != nobody) ++from;
    return from;
  }

  // A row in which `ends` are one line; others cross it. `ends` ascends.
  std::string joint(const std::vector<std::size_t>& ends, const char* middle,
                    const char* last) const {
    std::string text;
    for (std::size_t i = 0; i < to_.size(); ++i) {
      const bool within = ends.front() < i && i < ends.back();
      const bool is_end = std::find(ends.begin(), ends.end(), i) != ends.end();
      if (i == ends.front())
        text += "├";
      else if (is_end)
        text += i == ends.back() ? last : middle;
      else if (to_[i] != nobody)
        text += within ? "┼" : "│";
      else
        text += within ? "─" : " ";
      text += ends.front() <= i && i < ends.back() ? "─" : " ";
    }
    return text;
  }

  std::vector<std::uint32_t> to_;  // the stage that each lane leads to
};

// The credit of the graph's edges in their order, and what most of them have.
struct edge_credits {
  std::vector<std::optional<credit_limits>> of_edge;
  credit_limits usual;
};

edge_credits credits_of(const plan& planned) {
  edge_credits credits;
  for (const auto& edge : planned.what.edges) {
    const plan_edge* in_plan = planned_edge(planned, edge);
    credits.of_edge.push_back(in_plan == nullptr ? std::nullopt : std::optional(in_plan->credit));
  }
  const auto count = [&](const credit_limits& credit) {
    return std::count(credits.of_edge.begin(), credits.of_edge.end(), credit);
  };
  for (const auto& credit : credits.of_edge)
    if (credit && count(*credit) > count(credits.usual)) credits.usual = *credit;
  return credits;
}

// `access.rejected (32 chunks, 8MiB)`: where an edge comes from.
std::string edge_source(const graph& what, std::size_t edge, const edge_credits& credits) {
  const auto& e = what.edges[edge];
  std::string text = output_read(what, e.from);
  if (const auto& credit = credits.of_edge[edge]; credit && *credit != credits.usual)
    text += fmt::format(" ({})", to_text(*credit));
  return text;
}

// `from a, b.rejected`; of a stage with several inputs `from left: a; right: b`.
std::string inputs_text(const graph& what, std::uint32_t stage, const edge_credits& credits) {
  const auto ports = what.stages[stage].configured->inputs();
  std::vector<std::string> inputs;
  for (port_number port = 0; port < ports.size(); ++port) {
    std::vector<std::string> sources;
    for (std::size_t i = 0; i < what.edges.size(); ++i)
      if (what.edges[i].to.stage == stage && what.edges[i].to.port == port)
        sources.push_back(edge_source(what, i, credits));
    if (sources.empty()) continue;
    inputs.push_back(
        fmt::format("{}{}", ports.size() > 1 ? ports[port] + ": " : "", fmt::join(sources, ", ")));
  }
  return inputs.empty() ? std::string() : fmt::format("from {}", fmt::join(inputs, "; "));
}

const char* symbol_of(stage_kind kind) {
  switch (kind) {
    case stage_kind::source:
      return "○";
    case stage_kind::transform:
      return "●";
    case stage_kind::sink:
      return "■";
  }
  return "";
}

struct line {
  std::string drawn;
  std::string name;
  std::string type;
  std::string inputs;
};

std::vector<line> lines_of(const graph& what, const edge_credits& credits) {
  const auto order = drawing_order(what);
  std::vector<std::size_t> position(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) position[order[i]] = i;
  std::vector<line> lines;
  lanes under_way;
  const auto add_rows = [&](std::vector<std::string>& rows) {
    for (auto& row : rows) lines.push_back({std::move(row), "", "", ""});
    rows.clear();
  };
  for (const auto number : order) {
    const auto& stage = what.stages[number];
    std::vector<std::string> rows;
    const std::size_t lane = under_way.enter(number, rows);
    add_rows(rows);
    lines.push_back({under_way.row(lane, symbol_of(stage.type->kind)), stage.name, stage.type->name,
                     inputs_text(what, number, credits)});
    std::vector<std::uint32_t> readers;
    for (const auto& e : what.edges)
      if (e.from.stage == number) readers.push_back(e.to.stage);
    std::sort(readers.begin(), readers.end(),
              [&](auto a, auto b) { return position[a] < position[b]; });
    under_way.leave(lane, readers, rows);
    add_rows(rows);
  }
  return lines;
}

// The rows in columns.
std::string table_of(const std::vector<line>& lines) {
  std::size_t drawn = 0, name = 0, type = 0;
  for (const auto& l : lines) {
    drawn = std::max(drawn, columns_of(l.drawn));
    name = std::max(name, columns_of(l.name));
    type = std::max(type, columns_of(l.type));
  }
  std::string out;
  for (const auto& l : lines) {
    std::string text =
        padded(l.drawn, drawn + 1) + padded(l.name, name + 2) + padded(l.type, type + 2) + l.inputs;
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + '\n';
  }
  return out;
}

constexpr std::size_t remarks_max = 4;  // one cause can bring a remark for each pair of paths

std::string remarks(const char* label, const std::vector<std::string>& texts) {
  std::string out;
  for (std::size_t i = 0; i < texts.size() && i < remarks_max; ++i)
    out += fmt::format("{}: {}\n", label, texts[i]);
  if (texts.size() > remarks_max)
    out += fmt::format("{}: and {} more like these\n", label, texts.size() - remarks_max);
  return out;
}

}  // namespace

std::string drawing_of(const plan& planned) {
  const graph& what = planned.what;
  const auto credits = credits_of(planned);
  std::string out = fmt::format("{}: {}, {}\n\n", what.name, counted(what.stages.size(), "stage"),
                                counted(what.edges.size(), "edge"));
  out += table_of(lines_of(what, credits));
  out += "\n○ source  ● transform  ■ sink\n";
  out += fmt::format("credit of an edge: {}\n", to_text(credits.usual));
  std::vector<std::string> warnings;
  for (const auto& warning : planned.warnings)
    warnings.push_back(fmt::format("'{}': {}", what.stages[warning.stage].name, warning.text));
  return out + remarks("note", planned.notes) + remarks("warning", warnings);
}

}  // namespace weir
