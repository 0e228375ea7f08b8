#include "tests/support/pipeline_case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "runtime/base/text.hpp"
#include "runtime/executor/simulated_executor.hpp"
#include "tests/support/random_pipeline_result.hpp"

namespace weir::testing {
namespace {

// A case takes a thousand or two.
constexpr std::uint64_t steps_most = 500'000;

constexpr std::uint64_t schedules_tried = 20;

std::string list(const char* name, const std::set<std::uint32_t>& parts) {
  if (parts.empty()) return "";
  std::string text = fmt::format(" {}=", name);
  for (const auto part : parts) text += fmt::format("{}{}", text.back() == '=' ? "" : ",", part);
  return text;
}

template <class Number>
bool read_number(std::string_view text, Number& into) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), into);
  return code == std::errc() && end == text.data() + text.size();
}

bool read_list(std::string_view text, std::set<std::uint32_t>& into) {
  for (const auto word : split(text, ',')) {
    std::uint32_t part = 0;
    if (!read_number(word, part)) return false;
    into.insert(part);
  }
  return true;
}

bool read_word(std::string_view word, pipeline_case& into) {
  const auto name = word.substr(0, word.find('='));
  const auto value = word.substr(std::min(word.size(), name.size() + 1));
  if (name == "seed") return read_number(value, into.seed);
  if (name == "schedule") return read_number(value, into.schedule);
  if (name == "records") return read_number(value, into.cuts.records_most);
  if (name == "without") return read_list(value, into.cuts.without);
  if (name == "plain") return read_list(value, into.cuts.plain);
  if (name == "sound") return read_list(value, into.cuts.sound);
  into.fails = word == "fails";
  return into.fails;
}

class shrinking {
 public:
  shrinking(const pipeline_case& from, const std::function<pipeline_run(const pipeline_case&)>& run,
            std::size_t tries_most)
      : run_(run), tries_most_(tries_most) {
    best_.what = from;
    best_.run = run(from);
  }

  shrunk_case go() {
    for (bool any = true; any && !best_.run.wrong.empty();) {
      const auto parts = make_cut_pipeline(best_.what.seed, best_.what.fails, {}).parts;
      any = add_each(&pipeline_cuts::without, parts);
      if (best_.what.fails) any = add_each(&pipeline_cuts::sound, parts) || any;
      any = add_each(&pipeline_cuts::plain, parts) || any;
      // Last: with few records a small graph may have too little to do.
      any = halve_records() || any;
    }
    return std::move(best_);
  }

 private:
  // Whether something is wrong in a case, under its schedule or one of the next; then it is kept.
  bool keeps(pipeline_case tried) {
    for (std::uint64_t i = 0; i < schedules_tried && best_.tries < tries_most_; ++i) {
      ++best_.tries;
      auto run = run_(tried);
      if (!run.wrong.empty()) {
        best_.what = std::move(tried);
        best_.run = std::move(run);
        return true;
      }
      ++tried.schedule;
    }
    return false;
  }

  bool add_each(std::set<std::uint32_t> pipeline_cuts::*to,
                const std::vector<std::uint32_t>& parts) {
    bool any = false;
    // The sinks first: what nobody reads matters little.
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
      if ((best_.what.cuts.*to).contains(*part) || best_.what.cuts.without.contains(*part))
        continue;
      pipeline_case tried = best_.what;
      (tried.cuts.*to).insert(*part);
      any = keeps(std::move(tried)) || any;
    }
    return any;
  }

  bool halve_records() {
    constexpr std::uint64_t records_at_most = 150;  // that a source has, cut or not
    bool any = false;
    for (bool more = true; more;) {
      pipeline_case tried = best_.what;
      auto& records = tried.cuts.records_most;
      if (records == 0) break;
      records = std::min(records, records_at_most) / 2;
      more = keeps(std::move(tried));
      any = any || more;
    }
    return any;
  }

  const std::function<pipeline_run(const pipeline_case&)>& run_;
  std::size_t tries_most_;
  shrunk_case best_;
};

}  // namespace

std::string pipeline_case::text() const {
  return fmt::format(
      "seed={} schedule={}{}{}{}{}{}", seed, schedule, fails ? " fails" : "",
      list("without", cuts.without), list("plain", cuts.plain), list("sound", cuts.sound),
      cuts.records_most == UINT64_MAX ? std::string()
                                      : fmt::format(" records={}", cuts.records_most));
}

std::optional<pipeline_case> pipeline_case::read(std::string_view text) {
  pipeline_case made;
  for (const auto word : split(text, ' '))
    if (!read_word(word, made)) return std::nullopt;
  return made;
}

pipeline_run run_case(const pipeline_case& of) {
  const auto made = make_cut_pipeline(of.seed, of.fails, of.cuts);
  pipeline_run told{.wrong = {}, .pipeline = made.text, .stages = made.what.stages.size()};
  simulation_options how{.seed = of.schedule};
  how.on_step = [&](std::uint64_t step, run& running) {
    told.steps = step;
    if (step == steps_most) running.abort();
  };
  const auto report =
      make_simulated_executor(std::move(how))->start(made.what, {.seed = of.schedule})->wait();
  told.wrong = told.steps >= steps_most ? fmt::format("it has not ended after {} steps", steps_most)
                                        : wrong_in(made, *report);
  return told;
}

std::string shrunk_case::text() const {
  return fmt::format("{}\n  in {} stages: {}\n  WEIR_TEST_CASE='{}' runs it again ({} tries)",
                     run.wrong, run.stages, run.pipeline, what.text(), tries);
}

shrunk_case shrink(const pipeline_case& from,
                   const std::function<pipeline_run(const pipeline_case&)>& run,
                   std::size_t tries_most) {
  return shrinking(from, run, tries_most).go();
}

std::optional<pipeline_case> only_case() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment
  const char* text = std::getenv("WEIR_TEST_CASE");
  return text == nullptr ? std::nullopt : pipeline_case::read(text);
}

}  // namespace weir::testing
