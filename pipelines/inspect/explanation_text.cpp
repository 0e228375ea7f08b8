#include <fmt/format.h>

#include "pipelines/inspect/explanation.hpp"
#include "pipelines/inspect/manual_layout.hpp"
#include "pipelines/inspect/planned_edge.hpp"
#include "pipelines/inspect/stage_words.hpp"
#include "pipelines/inspect/text_layout.hpp"
#include "runtime/base/duration.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

using rows = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t remarks_shown_max = 12;  // one cause can bring many

std::string list_of(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

// `all columns but line`; `status, and the record's text where it is ndjson, else all columns`.
std::string in_words(const column_set& set) {
  std::string words = list_of(set.names);
  if (set.all)
    return "all columns" + (words.empty() ? "" : ": " + words) +
           (set.but.empty() ? "" : " but " + list_of(set.but));
  if (set.text_formats.empty()) return words;
  if (!words.empty()) words += "; ";
  return words + fmt::format("the record's text where it is {}, else all columns",
                             fmt::join(set.text_formats, " or "));
}

std::string made_in_words(const column_set& set) {
  if (!set.all) return list_of(set.names);
  return set.names.empty() ? "those that the text names" : list_of(set.names) + " and others";
}

class page {
 public:
  page(const explanation& of, std::size_t width) : of_(of), width_(width) {}

  std::string write() {
    std::size_t edges = 0;
    for (const auto& stage : of_.stages) edges += stage.inputs.size();
    std::string out =
        fmt::format("{}: {}, {}, {}\n", of_.pipeline, counted(of_.stages.size(), "stage"),
                    counted(edges, "edge"), counted(of_.threads, "thread"));
    out += "\nSTAGES\n";
    for (const auto& stage : of_.stages) {
      if (&stage != &of_.stages.front()) out += "\n";
      out += fmt::format("    {}: {}\n", stage.name, stage.type);
      out += two_columns(rows_of(stage), 2 * margin, width_);
    }
    out += "\nFROM SOURCE TO SINK\n" + paths();
    out += "\nMEMORY\n" + two_columns(memory_rows(), margin, width_);
    std::vector<std::string> notes;
    for (const auto& note : of_.notes) notes.push_back(place_of(note.place) + note.text);
    out += remarks("\nNOTES\n", notes);
    std::vector<std::string> warnings;
    for (const auto& warning : of_.warnings)
      warnings.push_back(place_of(warning.place) + warning.text);
    return out + remarks("\nWARNINGS\n", warnings);
  }

 private:
  rows rows_of(const explained_stage& stage) const {
    rows all;
    const auto add = [&](const char* label, std::string text) {
      if (!text.empty()) all.emplace_back(label, std::move(text));
    };
    add("from", inputs_of(stage));
    add("reads", in_words(stage.columns.reads));
    add("makes", made_in_words(stage.columns.makes));
    const bool gives_nothing = stage.kind == stage_kind::source && stage.columns.passes.none();
    add(stage.kind == stage_kind::source ? "gives" : "passes",
        gives_nothing ? "records without columns, as nobody reads one"
                      : in_words(stage.columns.passes));
    if (stage.hold.what != hold_bound::kind::none) add("holds", hold_in_words(stage.hold));
    if (!stage.runs_in.empty()) add("runs", fmt::format("as one with {}", quoted(stage.runs_in)));
    if (!stage.prepared_in.empty())
      add("text", fmt::format("made by the workers of {}", quoted(stage.prepared_in)));
    if (stage.workers > 1)
      add("workers",
          fmt::format("{}, {}", stage.workers, stage.ordered ? "in order" : "in any order"));
    add("failing", failing_in_words(stage.on_failure));
    if (stage.follows_restarts) add("restarts", "with each stage above it that begins anew");
    if (retries(stage.on_failure))
      add("retry",
          fmt::format("a call that fails for a temporary cause is made again for {} at most",
                      to_text(stage.on_failure.retry.deadline)));
    return all;
  }

  static std::string failing_in_words(const failure_policy& policy) {
    const auto limits = fmt::format("at most {} in {}", counted(policy.restart.most, "restart"),
                                    to_text(policy.restart.within));
    switch (policy.action) {
      case failure_action::fail:
        return {};
      case failure_action::restart:
        return "it begins anew with the chunk at hand, " + limits;
      case failure_action::skip:
        return "the chunk at hand is rejected and it begins anew";
      case failure_action::isolate:
        return "it is cut off with what nothing else leads to, and the rest goes on";
      case failure_action::restart_run:
        return "the whole run begins again, " + limits;
    }
    return {};
  }

  // `access, b.rejected`; of several inputs `left: a; right: b`. Credit where it is not the usual.
  std::string inputs_of(const explained_stage& stage) const {
    std::string words;
    const std::string* port = nullptr;
    for (const auto& input : stage.inputs) {
      if (port != nullptr) words += input.port == *port ? ", " : "; ";
      if (!input.port.empty() && (port == nullptr || input.port != *port))
        words += input.port + ": ";
      words += input.from;
      std::vector<std::string> more;
      if (input.credit && *input.credit != of_.usual_credit) more.push_back(to_text(*input.credit));
      if (input.full != when_full::block) more.emplace_back(name_of(input.full));
      if (!more.empty()) words += fmt::format(" ({})", list_of(more));
      port = &input.port;
    }
    return words;
  }

  std::string name(std::uint32_t stage) const { return quoted(of_.stages[stage].name); }

  std::string names(const std::vector<std::uint32_t>& stages) const {
    std::string words;
    for (std::size_t i = 0; i < stages.size(); ++i)
      words += (i == 0 ? "" : i + 1 == stages.size() ? " and " : ", ") + name(stages[i]);
    return words;
  }

  std::string order_of(const sink_path& path) const {
    switch (path.order) {
      case sink_path::order_kind::kept:
        return "as in the input";
      case sink_path::order_kind::mixed:
        return fmt::format("each way's own; {} takes from several as they come",
                           name(path.ordered_by));
      case sink_path::order_kind::any:
        return fmt::format("any, as {} gives up that of the input", name(path.ordered_by));
      case sink_path::order_kind::its_own:
        return fmt::format("that of {}, which sees all records first", name(path.ordered_by));
    }
    return {};
  }

  std::string delivery_of(const sink_path& path) const {
    std::string words =
        path.drops.empty() ? "nothing is dropped" : "dropped where there is no room: ";
    for (const auto& drop : path.drops)
      words += fmt::format("{}{} ({})", &drop == &path.drops.front() ? "" : ", ", name(drop.stage),
                           name_of(drop.how));
    if (of_.stages[path.sink].at_least_once)
      words += fmt::format("; {} may take a chunk twice, where it fails on it", name(path.sink));
    if (path.rejecting.empty()) return words;
    return words + fmt::format("; what {} reject{} is only counted", names(path.rejecting),
                               path.rejecting.size() == 1 ? "s" : "");
  }

  // `access.rejected -> map -> print`
  std::string way_of(const sink_path& path) const {
    return fmt::format("{} -> {}", fmt::join(path.outputs, " -> "), of_.stages[path.sink].name);
  }

  std::string paths() const {
    std::string out;
    for (const auto& path : of_.paths.shown) {
      if (!out.empty()) out += "\n";
      out += wrapped(way_of(path), width_, margin);
      out += two_columns({{"order", order_of(path)}, {"delivery", delivery_of(path)}}, 2 * margin,
                         width_);
    }
    if (of_.paths.shown.empty()) out += "    there is no way from a source to a sink\n";
    if (of_.paths.left_out > 0)
      out += fmt::format("\n    and {} more\n", with_thousands(of_.paths.left_out));
    return out;
  }

  rows memory_rows() const {
    return {{"credit",
             fmt::format("of an edge, where nothing else is said: {}", to_text(of_.usual_credit))},
            {"queues",
             of_.queues.bytes == 0
                 ? std::string("hold nothing, as all stages run as one")
                 : fmt::format("hold at most {}, by the credit of all edges", to_text(of_.queues))},
            {"in all", fmt::format("queues and what stages hold: at most {}, as 'memory' says",
                                   to_text(of_.memory))}};
  }

  static std::string place_of(const source_place& place) {
    if (!place.file) return {};
    if (place.line == 0) return *place.file + ": ";
    return fmt::format("{}:{}:{}: ", *place.file, place.line, place.column);
  }

  std::string remarks(const char* heading, const std::vector<std::string>& texts) const {
    if (texts.empty()) return {};
    std::string out = heading;
    for (std::size_t i = 0; i < texts.size() && i < remarks_shown_max; ++i) {
      if (i > 0) out += "\n";
      out += wrapped(texts[i], width_, margin);
    }
    if (texts.size() > remarks_shown_max)
      out += fmt::format("\n    and {} more\n", texts.size() - remarks_shown_max);
    return out;
  }

  const explanation& of_;
  std::size_t width_;
};

}  // namespace

std::string explanation_text(const explanation& of, std::size_t width) {
  return page(of, width).write();
}

}  // namespace weir
