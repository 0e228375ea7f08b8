#include "tests/processes/treated_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "actors/codecs/gzip.hpp"
#include "tests/actors/codecs/packing.hpp"
#include "tests/support/hang_limit.hpp"

namespace weir::testing {
namespace {

constexpr const char* old_text = "what was there before\n";

}  // namespace

void treated_run::prepare(sample_input input, std::uint64_t records) {
  sample_.emplace(random_, input, records);
  records_ = sample_->records();
  for (const char* name : {"in", "out", "tmp"}) std::filesystem::create_directory(path(name));
  folder_.write("a.yaml", sample_->text());
  for (const auto& [name, text] : sample_->inputs()) folder_.write("in/" + name, text);
  if (one_in(3)) old_file_ = sample_->outputs().back().file;
  write_old_file();
  arguments_ = {WEIR_BINARY, "run", "a.yaml", "--report", "json", "--executor"};
  if (one_in(4)) {
    arguments_.push_back("inline");
  } else {
    constexpr const char* threads[] = {"1", "2", "8"};
    arguments_.insert(arguments_.end(), {"actors", "--threads", threads[random_.below(3)]});
  }
}

void treated_run::write_old_file() {
  if (!old_file_.empty()) folder_.write("out/" + old_file_, old_text);
}

process_setup treated_run::setup() {
  process_setup setup;
  setup.arguments = arguments_;
  setup.folder = path("");
  setup.environment = {"TMPDIR=" + path("tmp")};
  setup.patience = hang_limit;
  return setup;
}

std::size_t treated_run::any_progress() {
  return 1 + random_.below(static_cast<std::uint32_t>(sample_->printed_bytes()));
}

void treated_run::end(process& what) {
  code_ = what.wait();
  figures_.emplace(what.errors());
  const auto& outcome = figures_->outcome();
  came_out(fmt::format("{}, {}", outcome, code_));
  expect(code_ == figures_->exit_code(),
         fmt::format("exit code {}, told as {}", code_, figures_->exit_code()));
  const bool fits = outcome == "complete"  ? code_ == 0
                    : outcome == "drained" ? code_ == 0 || code_ == 130
                                           : code_ == 1;
  expect(fits, fmt::format("{} with exit code {}: {}", outcome, code_, what.errors()));
  for (auto& line : figures_->imbalances()) find(std::move(line));
}

std::string treated_run::unpacked(const std::string& file) const {
  const auto bytes = folder_.read("out/" + file);
  if (!file.ends_with(".gz") && !file.ends_with(".gz.partial")) return bytes;
  auto text = unpacked_by<codecs::gzip_unpacker>(
      bytes, [] { return std::size_t{1} << 16; }, 1 << 16);
  return text ? std::move(*text) : "not gzip: " + text.error().text;
}

// What the report says was taken has to be there, and nothing else.
void treated_run::check_count(const sample_output& what, std::uint64_t counted) {
  const auto taken =
      what.line ? figures_->of(what.stage, "received") : figures_->of(what.groups, "received");
  expect(counted == taken,
         fmt::format("stage '{}' took {} records, its output has {}", what.stage, taken, counted));
}

void treated_run::check_printed(const std::string& printed) {
  if (reader_gone_ || ended_as("failed") || ended_as("aborted")) return;
  std::uint64_t counted = 0;
  const auto& what = sample_->outputs().front();
  const auto wrong = sample_->check(what, printed, ended_as("complete"), records_, counted);
  expect(wrong.empty(), "standard output: " + wrong);
  check_count(what, counted);
}

void treated_run::check_file(const sample_output& what) {
  const auto there = [&](const std::string& name) { return folder_.has("out/" + name); };
  const bool is_whole = ended_as("complete");
  const bool is_partial = ended_as("drained");
  const auto partial = what.file + ".partial";
  expect(there(partial) == is_partial, fmt::format("'{}' is {}there after an end as {}", partial,
                                                   is_partial ? "not " : "", figures_->outcome()));
  const bool is_old = what.file == old_file_ && !is_whole;
  if (is_old && folder_.read("out/" + what.file) != old_text)
    find(fmt::format("'{}' is not what it was before the run", what.file));
  expect(there(what.file) == (is_whole || is_old),
         fmt::format("'{}' is {}there after an end as {}", what.file,
                     is_whole || is_old ? "not " : "", figures_->outcome()));
  if (!is_whole && !is_partial) return;
  std::uint64_t counted = 0;
  const auto text = unpacked(is_whole ? what.file : partial);
  const auto wrong = sample_->check(what, text, is_whole, records_, counted);
  expect(wrong.empty(), fmt::format("'{}': {}", what.file, wrong));
  check_count(what, counted);
}

void treated_run::check_outputs(const std::string& printed) {
  check_printed(printed);
  for (const auto& what : sample_->outputs())
    if (!what.file.empty()) check_file(what);
  check_nothing_left();
}

void treated_run::check_nothing_left() {
  for (const char* place : {"out", "tmp", ""})
    for (const auto& entry : std::filesystem::directory_iterator(path(place)))
      if (const auto name = entry.path().filename().string();
          name.ends_with(".weir-tmp") || std::string(place) == "tmp")
        find(fmt::format("'{}/{}' was left behind", place, name));
}

void treated_run::check_failure(const std::string& stage, const std::string& code,
                                const std::string& says) {
  if (!figures_->failed()) return find("it did not fail");
  const auto text = figures_->failure("text") + "; " + figures_->failure("detail");
  expect(figures_->failure("stage") == stage && figures_->failure("place").starts_with("a.yaml:"),
         fmt::format("the failure is told of stage '{}' at '{}'", figures_->failure("stage"),
                     figures_->failure("place")));
  expect(figures_->failure("code") == code,
         fmt::format("the failure is told as '{}': {}", figures_->failure("code"), text));
  expect(text.find(says) != std::string::npos,
         fmt::format("the failure does not say '{}': {}", says, text));
}

void treated_run::run_again() {
  process again(setup());
  const auto before = result_.came_out;
  end(again);
  expect(ended_as("complete"), "the next run ends as " + figures_->outcome());
  check_outputs(again.output());
  came_out(before);
}

void treated_run::skip(std::string why) {
  result_.skipped = true;
  came_out("skipped: " + std::move(why));
}

std::string treated_run::command() const {
  std::string text;
  for (const auto& word : arguments_) text += word + " ";
  return text;
}

treatment_result treated_run::result() {
  if (!result_.findings.empty() && sample_)
    result_.findings.push_back(command() + "\n" + sample_->text());
  return std::move(result_);
}

}  // namespace weir::testing
