#include "pipelines/cli/report_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "pipelines/cli/bottleneck.hpp"
#include "pipelines/cli/short_numbers.hpp"
#include "pipelines/cli/stage_table.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

// In a shorter run all is beginning and end, and nothing about it is worth mending.
constexpr nanoseconds worth_a_bottleneck = std::chrono::milliseconds(50);

std::string records(std::uint64_t count) {
  return fmt::format("{} record{}", with_thousands(count), count == 1 ? "" : "s");
}

std::string heading(const run_report& run) {
  const bool complete = run.outcome == run_outcome::complete;
  return fmt::format(
      "{}: {} {} {}, {}{}", run.pipeline, name_of(run.outcome), complete ? "in" : "after",
      short_duration(run.wall), run.executor,
      run.threads > 0 ? fmt::format(" with {} thread{}", run.threads, run.threads == 1 ? "" : "s")
                      : std::string());
}

// `'filter.out'`, or the part of the plan that copies, deals out or joins what goes there, whose
// name (`filter.out.fork`) stands in no file. What works ahead for a sink is that sink.
std::string end_in_words(std::string_view end) {
  const auto points = std::count(end.begin(), end.end(), '.');
  const auto without = [&](std::string_view part) {
    return end.substr(0, end.size() - part.size() - 1);
  };
  for (const std::string_view part : {"fork", "merge", "collect"})
    if (end.ends_with(part) && points == 2)
      return fmt::format("the {} of '{}'", part, without(part));
  if (end.ends_with(".prepared")) return fmt::format("'{}'", without("prepared"));
  return fmt::format("'{}'", end);
}

// What went over edges and did not arrive. Workers have an edge each, which are one to a user.
std::string losses(const run_report& run) {
  std::vector<edge_report> sums;
  for (const auto& e : run.edges) {
    const auto known = std::find_if(sums.begin(), sums.end(), [&](const edge_report& sum) {
      return sum.from == e.from && sum.to == e.to;
    });
    edge_report& sum = known == sums.end() ? sums.emplace_back() : *known;
    sum.from = e.from;
    sum.to = e.to;
    sum.dropped += e.dropped;
    sum.discarded += e.discarded;
  }
  std::string out;
  for (const auto& e : sums) {
    if (e.dropped > 0)
      out += fmt::format("dropped: {} from {}, for which {} had no room\n", records(e.dropped),
                         end_in_words(e.from), end_in_words(e.to));
    if (e.discarded > 0)
      out += fmt::format("discarded: {} from {}, which {} did not take any more\n",
                         records(e.discarded), end_in_words(e.from), end_in_words(e.to));
  }
  return out;
}

std::string ledger(const run_report& run) {
  if (run.imbalances.empty()) return "ledger: balances, every record is accounted for\n";
  std::string out = "ledger: does not balance, which is a bug in weir\n";
  for (const auto& text : run.imbalances) out += fmt::format("  {}\n", text);
  return out;
}

std::string memory(const run_report& run, const report_surroundings& around) {
  std::string out = fmt::format("memory: at most {} in queues and state", to_text(run.memory_peak));
  if (around.resident_peak.bytes > 0)
    out += fmt::format(", {} in the whole process", to_text(around.resident_peak));
  return out + "\n";
}

std::string unread_rejections(const run_report& run, const report_surroundings& around) {
  std::string out;
  for (const auto& s : run.stages)
    if (s.rejected_unread > 0 && around.dead_letters)
      out += fmt::format("rejected: {} at '{}'\n", records(s.rejected_unread), s.name);
    else if (s.rejected_unread > 0)
      out += fmt::format(
          "rejected: {} at '{}' that nobody reads; to see them add '- {{type: print, from: "
          "{}.rejected}}'\n",
          records(s.rejected_unread), s.name, s.name);
  return out;
}

std::string dead_letters(const report_surroundings& around) {
  if (!around.dead_letters) return {};
  const told_dead_letters& letters = *around.dead_letters;
  std::string out =
      fmt::format("dead letters: {} kept in {}", records(letters.kept), quoted(letters.path));
  if (letters.lost > 0)
    out += fmt::format(", and {} that could not be written", records(letters.lost));
  if (!letters.replay_command.empty())
    out += fmt::format("; once the cause is mended: {}", letters.replay_command);
  return out + "\n";
}

std::string restarts(const run_report& run) {
  std::string out;
  if (run.restarts > 0)
    out += fmt::format("restarted: the whole run {} time{}, and what is told is of the last\n",
                       with_thousands(run.restarts), run.restarts == 1 ? "" : "s");
  for (const auto& s : run.stages)
    if (s.restarts > 0)
      out += fmt::format("restarted: '{}' {} time{}\n", s.name, with_thousands(s.restarts),
                         s.restarts == 1 ? "" : "s");
  for (const auto& s : run.stages)
    if (s.retries > 0)
      out += fmt::format("tried again: '{}' {} time{}\n", s.name, with_thousands(s.retries),
                         s.retries == 1 ? "" : "s");
  return out;
}

std::string place_of(const std::string& stage, const report_surroundings& around) {
  const auto found = around.stage_places.find(stage);
  return found == around.stage_places.end() ? std::string() : found->second + ": ";
}

std::string unfinished_calls(const run_report& run) {
  std::string out;
  for (const auto& left : run.unfinished) {
    out += fmt::format("{}'{}'", out.empty() ? "" : ", ", left.stage);
    if (!left.call.empty()) out += fmt::format(" in '{}'", left.call);
  }
  return out;
}

// Whether `text` has `detail` in it already, in letters of either case.
bool says(std::string_view text, std::string_view detail) {
  const auto lower = [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; };
  const auto same = [&](char a, char b) {
    return lower(static_cast<unsigned char>(a)) == lower(static_cast<unsigned char>(b));
  };
  return std::search(text.begin(), text.end(), detail.begin(), detail.end(), same) != text.end() ||
         detail.empty();
}

// With its place, its details and what was done before.
std::string one_failure(const stage_failure& failure, const report_surroundings& around,
                        const char* what) {
  std::string out = place_of(failure.stage, around);
  if (!failure.stage.empty()) out += fmt::format("stage '{}': ", failure.stage);
  out += what + failure.cause.text + "\n";
  std::string more;
  if (!says(failure.cause.text, failure.cause.detail)) more += failure.cause.detail;
  // Whose call it was is for people who look into the program, as with what it did not expect.
  if (!failure.call.empty() && failure.cause.code == "exception")
    more += fmt::format("{}in '{}'", more.empty() ? "" : "; ", failure.call);
  if (!failure.where.empty())
    more += fmt::format("{}at {}", more.empty() ? "" : ", ", failure.where);
  if (!more.empty()) out += fmt::format("  {}\n", more);
  for (const auto& line : failure.history) out += fmt::format("  {}\n", line);
  return out;
}

}  // namespace

std::string report_text(const run_report& run, const report_surroundings& around) {
  std::string out = heading(run) + "\n\n" + stage_table(run, around.width) + "\n";
  if (run.wall >= worth_a_bottleneck)
    out += fmt::format("bottleneck: {}\n", to_text(find_bottleneck(run)));
  out += memory(run, around) + losses(run) + ledger(run) + restarts(run) +
         unread_rejections(run, around) + dead_letters(around);
  return out;
}

std::string failure_text(const run_report& run, const report_surroundings& around) {
  std::string out;
  if (!run.unfinished.empty())
    out += fmt::format("would not end: stage{} {}\n", run.unfinished.size() == 1 ? "" : "s",
                       unfinished_calls(run));
  if (run.failure) return out + one_failure(*run.failure, around, "");
  for (const auto& failure : run.isolated) out += one_failure(failure, around, "cut off: ");
  return out;
}

}  // namespace weir
