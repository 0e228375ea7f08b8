#include "pipelines/simulation/source_sample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "pipelines/simulation/stand_in_stage.hpp"
#include "pipelines/trial/same_day_clock.hpp"
#include "pipelines/trial/trial_stages.hpp"
#include "runtime/executor/executor.hpp"
#include "runtime/graph/plan.hpp"

namespace weir {
namespace {

// Keeps what a source gives, up to so many records.
class recording_outlet final : public outlet {
 public:
  recording_outlet(source_sample& into, std::uint64_t records_max)
      : into_(into), records_max_(records_max) {}

  void begin_call(nanoseconds at) {
    at_ = at;
    filled_.clear();
  }
  bool is_full() const { return into_.records == records_max_; }
  /// Whether more came than is kept.
  bool was_cut() const { return was_cut_; }

  using outlet::emit;
  void emit(port_number port, chunk_ptr records) override {
    filled_.insert(port);
    const auto count = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(records->size(), records_max_ - into_.records));
    if (count < records->size()) {
      was_cut_ = true;
      if (count == 0) return;
      records = slice(records, 0, count);
    }
    into_.records += count;
    into_.entries.push_back({.at = at_, .port = port, .records = std::move(records)});
  }
  void pass(port_number port, mark what) override {
    if (!is_full()) into_.entries.push_back({.at = at_, .port = port, .passed = what});
  }
  void reject(const chunk& from, std::uint32_t row, std::string_view code,
              std::string_view reason) override {
    keep({.from = make_chunk(from.all()),
          .row = row,
          .code = std::string(code),
          .reason = std::string(reason)});
  }
  void reject(const unreadable_record& what) override {
    keep({.code = std::string(what.code),
          .reason = std::string(what.reason),
          .bytes = std::string(what.bytes),
          .place = what.place});
  }
  bool room(port_number port) const override { return !filled_.contains(port); }

 private:
  void keep(sample_entry::rejection what) {
    was_cut_ = was_cut_ || is_full();
    if (was_cut_) return;
    ++into_.rejected;
    into_.entries.push_back({.at = at_, .rejected = std::move(what)});
  }

  source_sample& into_;
  std::uint64_t records_max_;
  nanoseconds at_{0};
  std::set<port_number> filled_;  // by the call at hand
  bool was_cut_ = false;
};

// A source whose records are kept instead of given.
class recorded_source final : public source {
 public:
  recorded_source(std::unique_ptr<source> of, std::shared_ptr<source_sample> into,
                  std::uint64_t records_max)
      : of_(std::move(of)), into_(std::move(into)), out_(*into_, records_max) {}

  bool blocks() const override { return of_->blocks(); }
  result<void> open(context& in) override {
    context_ = &in;
    began_ = in.now();
    return of_->open(in);
  }
  void close() override { of_->close(); }
  stage_answer pull(outlet&) override {
    out_.begin_call(context_->now() - began_);
    auto given = of_->pull(out_);
    if (given && *given == answer::end) into_->whole = !out_.was_cut();
    // One that waits for what others write may wait long for one record more.
    const bool is_enough = out_.was_cut() || (out_.is_full() && of_->blocks());
    if (given && is_enough) return answer::end;
    return given;
  }

 private:
  std::unique_ptr<source> of_;
  std::shared_ptr<source_sample> into_;
  recording_outlet out_;
  context* context_ = nullptr;
  time_point began_{};
};

class recorded_stage final : public stand_in_stage {
 public:
  recorded_stage(std::shared_ptr<const configured_stage> of, std::shared_ptr<source_sample> into,
                 std::uint64_t records_max)
      : stand_in_stage(std::move(of)), into_(std::move(into)), records_max_(records_max) {}

  instance make() const override {
    auto made = of().make();
    return std::unique_ptr<source>(std::make_unique<recorded_source>(
        std::move(std::get<std::unique_ptr<source>>(made)), into_, records_max_));
  }

 private:
  std::shared_ptr<source_sample> into_;
  std::uint64_t records_max_;
};

class sampling {
 public:
  sampling(const graph& of, std::uint64_t records_max) : records_max_(records_max) {
    made_.name = of.name;
    made_.memory = of.memory;
    const plan planned = make_plan(of);
    for (const auto& node : planned.nodes)
      if (node.what == plan_node::role::stage && node.inputs.empty()) add(of, node);
    std::sort(samples_.begin(), samples_.end(),
              [](const auto& a, const auto& b) { return a->stage < b->stage; });
  }

  result<std::vector<source_sample>> run() {
    const auto by = make_inline_executor_in_virtual_time();
    const same_day_clock day;
    run_options options;
    options.time = &day;
    const auto running = by->start(std::move(made_), std::move(options));
    const auto report = running->wait().value();
    if (report.failure) {
      const auto& cause = report.failure->cause;
      return failure(cause.code, fmt::format("stage '{}': {}", report.failure->stage, cause.text),
                     cause.detail);
    }
    std::vector<source_sample> all;
    for (const auto& one : samples_) all.push_back(std::move(*one));
    return all;
  }

 private:
  // What is wanted of a source's records is what the pipeline wants of them.
  void add(const graph& of, const plan_node& node) {
    auto sample = std::make_shared<source_sample>();
    sample->stage = node.stage;
    graph_stage from = of.stages[node.stage];
    from.workers = 1;
    from.configured =
        std::make_shared<recorded_stage>(std::move(from.configured), sample, records_max_);
    const auto number = static_cast<std::uint32_t>(made_.stages.size());
    made_.stages.push_back(std::move(from));
    // The last is what is wanted of refused records.
    for (port_number port = 0; port + 1 < node.demand.size(); ++port) {
      graph_stage to;
      to.name = fmt::format("records {} of {}", port, node.name);
      put_capture(to, node.demand[port], {}, std::make_shared<captured_records>());
      made_.edges.push_back({{number, port}, {static_cast<std::uint32_t>(made_.stages.size()), 0}});
      made_.stages.push_back(std::move(to));
    }
    samples_.push_back(std::move(sample));
  }

  std::uint64_t records_max_;
  graph made_;
  std::vector<std::shared_ptr<source_sample>> samples_;
};

}  // namespace

result<std::vector<source_sample>> take_samples(const graph& of, std::uint64_t records_max) {
  return sampling(of, records_max).run();
}

}  // namespace weir
