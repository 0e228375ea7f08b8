#include "pipelines/cli/simulate_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "pipelines/cli/shell_words.hpp"
#include "pipelines/cli/short_numbers.hpp"
#include "pipelines/inspect/explanation.hpp"
#include "pipelines/inspect/text_layout.hpp"
#include "runtime/base/duration.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

constexpr std::size_t findings_shown_max = 10;
constexpr std::size_t figures_shown_max = 4;
constexpr std::size_t width = 100;

using group = std::vector<const simulated_result*>;

std::string records(std::uint64_t count) {
  return fmt::format("{} record{}", with_thousands(count), count == 1 ? "" : "s");
}

std::string runs(std::size_t count) {
  return fmt::format("{} run{}", with_thousands(count), count == 1 ? "" : "s");
}

struct range {
  std::uint64_t least = UINT64_MAX;
  std::uint64_t most = 0;

  void add(std::uint64_t number) {
    least = std::min(least, number);
    most = std::max(most, number);
  }
  std::string text() const {
    return least == most ? with_thousands(most)
                         : fmt::format("{} to {}", with_thousands(least), with_thousands(most));
  }
};

template <class Number>
range range_of(const group& of, Number number) {
  range all;
  for (const auto* one : of) all.add(number(*one));
  return all;
}

// As the file says it.
std::string_view words_of(failure_action what) {
  return what == failure_action::restart_run ? "restart, and one_for_all" : name_of(what);
}

// The same in all runs of a group.
enum class ending : std::uint8_t { before, whole, cut_off, failed, ended };

ending ending_of(const simulated_result& of) {
  const bool is_asked_to_end =
      of.fault == simulated_fault::drain || of.fault == simulated_fault::abort;
  const bool is_late = is_asked_to_end && of.outcome == run_outcome::complete;
  if (is_late || (of.fault != simulated_fault::none && !of.happened)) return ending::before;
  if (of.outcome == run_outcome::failed) return ending::failed;
  if (of.cut_off) return ending::cut_off;
  return of.outcome == run_outcome::complete ? ending::whole : ending::ended;
}

// `'print' got 0 to 188 of 212 records, 'rejected' 3 of 3`
class figures_text {
 public:
  explicit figures_text(const char* verb) : verb_(verb) {}
  void add(const std::string& name, const range& part, std::uint64_t all) {
    if (all == 0 && part.most == 0) return;
    if (++shown_ > figures_shown_max) return;
    text_ += fmt::format("{}{}{} {} of {}", shown_ == 1 ? "" : ", ", quoted(name),
                         shown_ == 1 ? fmt::format(" {}", verb_) : "", part.text(),
                         shown_ == 1 ? records(all) : with_thousands(all));
  }
  std::string text() const {
    if (shown_ == 0) return fmt::format("nobody {} records", verb_);
    if (shown_ <= figures_shown_max) return text_;
    return fmt::format("{}, and {} more", text_, shown_ - figures_shown_max);
  }

 private:
  const char* verb_;
  std::string text_;
  std::size_t shown_ = 0;
};

std::string arrived(const group& of) {
  figures_text out("got");
  const auto& sinks = of.front()->sinks;
  for (std::size_t i = 0; i < sinks.size(); ++i)
    out.add(sinks[i].name, range_of(of, [&](const auto& run) { return run.sinks[i].got; }),
            sinks[i].expected);
  return out.text();
}

std::string given(const group& of) {
  figures_text out("gave");
  const auto& sources = of.front()->sources;
  for (std::size_t i = 0; i < sources.size(); ++i)
    out.add(sources[i].name, range_of(of, [&](const auto& run) { return run.sources[i].given; }),
            sources[i].records);
  return out.text();
}

// What happened on the way to the end of runs that ended well.
std::string on_the_way(const group& of) {
  std::string out;
  const auto refused = range_of(of, [](const auto& run) { return run.refused; });
  const auto restarts = range_of(of, [](const auto& run) { return run.restarts; });
  const auto retries = range_of(of, [](const auto& run) { return run.retries; });
  const auto dropped = range_of(of, [](const auto& run) { return run.dropped; });
  const auto repeated = range_of(of, [](const auto& run) {
    std::uint64_t sum = 0;
    for (const auto& sink : run.sinks) sum += sink.repeated;
    return sum;
  });
  if (refused.most > 0)
    out += fmt::format(", but for {} record{} that the stage failed on, which {} rejected",
                       refused.text(), refused.most == 1 ? "" : "s",
                       refused.most == 1 ? "was" : "were");
  if (restarts.most > 0)
    out += fmt::format(", after {} restart{}", restarts.text(), restarts.most == 1 ? "" : "s");
  if (retries.most > 0)
    out += fmt::format(", {} {} call{} made again", restarts.most > 0 ? "and" : "after",
                       retries.text(), retries.most == 1 ? "" : "s");
  if (repeated.most > 0)
    out += fmt::format("; up to {} may be written more than once", records(repeated.most));
  if (dropped.most > 0)
    out += fmt::format("; {} dropped by inputs that were full", dropped.text() + " records");
  return out;
}

// Whether a sink got less than it might have, as may be: where what a stage kept is lost with it.
bool is_anything_missing(const group& of) {
  return std::any_of(of.begin(), of.end(), [](const simulated_result* run) {
    return std::any_of(run->sinks.begin(), run->sinks.end(),
                       [](const auto& sink) { return !sink.compared && sink.got < sink.expected; });
  });
}

std::string came_of(const group& of, const graph_stage* stage) {
  const simulated_fault fault = of.front()->fault;
  switch (ending_of(*of.front())) {
    case ending::before:
      return fault == simulated_fault::fail ? "the call that was to fail was not made"
                                            : "the run had ended before that";
    case ending::failed:
      if (of.front()->call == fault_plan::call::resume && stage != nullptr &&
          begins_anew(stage->on_failure))
        return "what it gave before can't be taken back, and the run ends: " + arrived(of);
      if (of.front()->temporary)
        return fmt::format("that lasts too long, and the run ends: {}", arrived(of));
      if (stage != nullptr && begins_anew(stage->on_failure))
        return fmt::format("that is too often, and the run ends: {}", arrived(of));
      return "the run ends: " + arrived(of);
    case ending::cut_off:
      return "it is cut off, and the rest goes on: " + arrived(of);
    case ending::ended:
      return fault == simulated_fault::drain
                 ? fmt::format("all that the sources had given was handled{}: {}, {}",
                               on_the_way(of), given(of), arrived(of))
                 : fmt::format("what was in flight is lost: {}, {}", given(of), arrived(of));
    case ending::whole:
      break;
  }
  if (fault == simulated_fault::end)
    return fmt::format("all that was given was handled{}: {}, {}", on_the_way(of), given(of),
                       arrived(of));
  if (is_anything_missing(of))
    return fmt::format("the run goes on to its end{}: {}", on_the_way(of), arrived(of));
  return "all records arrived" + on_the_way(of);
}

// What was done to the pipeline in these runs; empty where the fault alone says so.
std::string done(const simulated_result& of, const graph_stage* stage) {
  if (stage == nullptr) return "";
  switch (of.fault) {
    case simulated_fault::fail:
      return fmt::format(
          "{} fails{}{} ({}on_failure: {})", quoted(of.stage),
          of.call == fault_plan::call::mark     ? " on a mark"
          : of.call == fault_plan::call::resume ? " as it goes on with a chunk"
                                                : "",
          of.temporary ? " for a temporary cause" : "",
          of.temporary ? fmt::format("retry: {}, ", to_text(stage->on_failure.retry.deadline)) : "",
          words_of(stage->on_failure.action));
    case simulated_fault::slow:
      return quoted(of.stage) + " is slow";
    case simulated_fault::end:
      return quoted(of.stage) + " ends early";
    default:
      return "";
  }
}

class telling {
 public:
  explicit telling(const told_simulation& what) : what_(what) {}

  const graph_stage* stage_of(const simulated_result& of) const {
    for (const auto& stage : what_.of.pipeline().stages)
      if (stage.name == of.stage) return &stage;
    return nullptr;
  }

  std::string sample() const {
    std::string out;
    for (const auto& one : what_.of.samples()) {
      out += fmt::format("sample: {} {} of {}", one->whole ? "all" : "the first",
                         records(one->records), quoted(name_at(one->stage)));
      if (one->rejected > 0) out += fmt::format(", and {} refused", with_thousands(one->rejected));
      out += "\n";
    }
    for (const auto& [stage, count] : what_.of.expected())
      out += fmt::format("of it {} gets {}{}\n", quoted(name_at(stage)), records(count),
                         what_.of.known()[stage] == foretold::none
                             ? "; which and how many, is left to the schedule"
                             : "");
    return out;
  }

  std::string fault(simulated_fault what) const {
    using kind = std::tuple<std::ptrdiff_t, fault_plan::call, bool, ending>;
    std::vector<std::pair<kind, group>> groups;
    std::size_t count = 0;
    for (const auto& run : what_.runs) {
      if (run.fault != what || !run.findings.empty()) continue;
      ++count;
      const auto* stage = stage_of(run);
      const auto place = stage == nullptr ? -1 : stage - what_.of.pipeline().stages.data();
      const kind its{place, run.call, run.temporary, ending_of(run)};
      const auto at = std::find_if(groups.begin(), groups.end(),
                                   [&](const auto& one) { return one.first == its; });
      if (at == groups.end())
        groups.push_back({its, {&run}});
      else
        at->second.push_back(&run);
    }
    if (count == 0) return "";
    std::sort(groups.begin(), groups.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string out = fmt::format("\n{}, {}:\n", name_of(what), runs(count));
    for (const auto& [its, of] : groups) out += line(of, groups.size() > 1);
    return out;
  }

  std::string findings() const {
    std::string out;
    std::size_t found = 0;
    for (const auto& run : what_.runs) {
      if (run.findings.empty() || ++found > findings_shown_max) continue;
      out += fmt::format("\nseed {}, {}{}:\n", run.seed, name_of(run.fault),
                         run.stage.empty() ? "" : " " + quoted(run.stage));
      for (const auto& text : run.findings) out += wrapped("- " + text, width, 2);
      out += fmt::format("  its history: {}\n", replay(run.seed));
    }
    if (found > findings_shown_max)
      out += fmt::format("\nand {} more runs\n", found - findings_shown_max);
    out += found == 0 ? fmt::format(
                            "\n{}: nothing was lost, doubled, out of order or stuck but as "
                            "told above\n",
                            runs(what_.runs.size()))
                      : fmt::format("\n{}: findings in {}\n", runs(what_.runs.size()), runs(found));
    return out;
  }

  std::string history() const {
    std::string out = padded_left("step", 8) + padded_left("time", 9) + "\n";
    for (const auto& event : what_.runs.front().history)
      out += fmt::format("{}{}  {}{}\n", padded_left(with_thousands(event.step), 8),
                         padded_left(short_duration(event.time), 9),
                         event.stage.empty() ? "" : quoted(event.stage) + ": ", event.text);
    return out;
  }

  // What was done in the runs of a group, and what came of it.
  std::string line(const group& of, bool is_counted) const {
    const auto* stage = stage_of(*of.front());
    auto text = done(*of.front(), stage);
    if (is_counted) text += (text.empty() ? "" : ", ") + runs(of.size());
    if (!text.empty()) text += ": ";
    return wrapped(text + came_of(of, stage), width, 2);
  }

 private:
  const std::string& name_at(std::uint32_t stage) const {
    return what_.of.pipeline().stages[stage].name;
  }

  std::string replay(std::uint64_t seed) const {
    const auto& asked = what_.asked;
    const simulate_arguments usual;
    std::string line = fmt::format("weir simulate {} --seed {}", shell_word(asked.file), seed);
    if (asked.records != usual.records) line += fmt::format(" --records {}", asked.records);
    if (asked.faults != usual.faults) {
      line += " --faults ";
      for (const auto fault : asked.faults)
        line += fmt::format("{}{}", line.back() == ' ' ? "" : ",", name_of(fault));
    }
    return line + shell_words(asked.given);
  }

  const told_simulation& what_;
};

}  // namespace

std::string simulation_text(const told_simulation& what) {
  const telling it(what);
  std::string out =
      fmt::format("{}: {}, each by its seed, from 1 on\n", what.asked.file, runs(what.runs.size()));
  out += it.sample();
  for (const auto fault : what.asked.faults) out += it.fault(fault);
  return out + it.findings();
}

std::string history_text(const told_simulation& what) {
  const telling it(what);
  const auto& run = what.runs.front();
  std::string out =
      fmt::format("{}: the run of seed {}, {}\n", what.asked.file, run.seed, name_of(run.fault));
  out += it.sample() + "\n" + it.history() + "\n";
  if (run.findings.empty()) return out + it.line({&run}, false);
  out += "  " + arrived({&run}) + "\n";
  for (const auto& text : run.findings) out += wrapped("- " + text, width, 2);
  return out;
}

}  // namespace weir
