#include "pipelines/replay/letter_survey.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "pipelines/replay/dead_letter.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

constexpr std::size_t bad_lines_told_max = 20;

std::string letters_in_words(std::uint64_t count) {
  return fmt::format("{} dead letter{}", with_thousands(count), count == 1 ? "" : "s");
}

// Why the stage can't be given the letter; none if it can.
std::optional<std::string> why_not(const graph_stage& stage, const dead_letter& letter) {
  const stage_kind kind = stage.type->kind;
  if (!letter.is_whole())
    return std::string(
        "only the beginning of the record was kept; read it from where 'file' and 'offset' say");
  if (kind == stage_kind::source && letter.what == dead_letter::form::record)
    return std::string("it has a 'record', and a source reads what is in 'raw'");
  if (kind == stage_kind::source && !stage.configured->rereads())
    return fmt::format("'{}' can't read anything once more", stage.type->name);
  if (kind == stage_kind::source) return std::nullopt;
  if (letter.what == dead_letter::form::raw)
    return fmt::format("it has 'raw' bytes, which only a source can read, and the stage is a '{}'",
                       stage.type->name);
  if (stage.configured->inputs().size() > 1)
    return fmt::format(
        "'{}' has several inputs, and nothing says which one the record came to; "
        "mend it in the input and run the pipeline again",
        stage.type->name);
  return std::nullopt;
}

class surveyor {
 public:
  surveyor(const std::string& file, const graph& pipeline)
      : file_(std::make_shared<const std::string>(file)), pipeline_(pipeline) {
    made_.letters.resize(pipeline.stages.size());
    for (std::uint32_t i = 0; i < pipeline.stages.size(); ++i)
      numbers_[pipeline.stages[i].name] = i;
  }

  void take(std::string_view text, std::uint64_t line, problems& found) {
    const auto letter = read_dead_letter(text);
    if (!letter) {
      if (++bad_lines_ <= bad_lines_told_max)
        found.add(letter.error().code, at(line), "no dead letter: " + letter.error().text);
      return;
    }
    const auto stage = numbers_.find(letter->stage);
    if (stage == numbers_.end()) {
      count(unknown_[letter->stage], line);
    } else if (const auto why = why_not(pipeline_.stages[stage->second], *letter)) {
      count(skipped_[{letter->stage, *why}], line);
      ++made_.skipped;
    } else {
      ++made_.letters[stage->second];
    }
  }

  letter_survey finish(problems& found) && {
    std::vector<std::string> names;
    for (const auto& stage : pipeline_.stages) names.push_back(stage.name);
    for (const auto& [name, seen] : unknown_)
      found.add("unknown-stage", at(seen.first_line),
                fmt::format("{} of a stage {}, which the pipeline does not have{}",
                            letters_in_words(seen.times), quoted(name),
                            did_you_mean(name, names, "stages")));
    for (const auto& [what, seen] : skipped_)
      found.warn("not-replayable", at(seen.first_line),
                 fmt::format("{} of stage {} left out: {}", letters_in_words(seen.times),
                             quoted(what.first), what.second));
    found.sort();
    if (bad_lines_ > bad_lines_told_max)
      found.add("not-a-dead-letter", {file_, 0, 0},
                fmt::format("{} more lines are no dead letters",
                            with_thousands(bad_lines_ - bad_lines_told_max)));
    return std::move(made_);
  }

 private:
  struct sighting {
    std::uint64_t times = 0;
    std::uint64_t first_line = 0;
  };

  static void count(sighting& seen, std::uint64_t line) {
    if (seen.times++ == 0) seen.first_line = line;
  }

  source_place at(std::uint64_t line) const {
    return {file_, static_cast<std::uint32_t>(std::min<std::uint64_t>(line, UINT32_MAX)), 1};
  }

  std::shared_ptr<const std::string> file_;
  const graph& pipeline_;
  std::map<std::string, std::uint32_t> numbers_;
  letter_survey made_;
  std::size_t bad_lines_ = 0;
  std::map<std::string, sighting> unknown_;
  std::map<std::pair<std::string, std::string>, sighting> skipped_;  // by stage and reason
};

}  // namespace

std::uint64_t letter_survey::sum() const {
  return std::accumulate(letters.begin(), letters.end(), std::uint64_t{0});
}

result<letter_survey> survey(const std::shared_ptr<const letter_file>& of, const graph& pipeline,
                             problems& found) {
  surveyor all(of->name(), pipeline);
  letter_lines lines(of);
  for (;;) {
    const auto line = lines.next();
    if (!line) return failure(line.error());
    if (!*line) return std::move(all).finish(found);
    all.take(**line, lines.number(), found);
  }
}

}  // namespace weir
