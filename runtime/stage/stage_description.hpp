#pragma once

// The builder behind `describe_stage`; included by stage_type.hpp alone.

#include <concepts>
#include <utility>

#include "runtime/stage/stage_access.hpp"
#include "runtime/stage/stage_type.hpp"

namespace weir {

/// Declares a stage. Each call answers the description again; the result converts to `stage_type`.
///
/// A sink that can have its work on a chunk done ahead (`configured_stage::prepares`) has a
/// `static std::vector<configured_stage::instance> make_prepared(const Options&, unsigned count)`.
/// A source that can read once more what it refused (`configured_stage::rereads`) has a
/// `static std::unique_ptr<source> make_rereading(const Options&, std::shared_ptr<kept_records>)`.
template <class Stage, class Options>
class stage_description {
 public:
  static_assert(std::derived_from<Stage, source> || std::derived_from<Stage, transform> ||
                std::derived_from<Stage, sink>);
  static_assert(std::constructible_from<Stage, const Options&>);

  explicit stage_description(const char* name) {
    type_.name = name;
    if constexpr (std::derived_from<Stage, source>) {
      type_.kind = stage_kind::source;
      type_.outputs = {"out"};
      type_.ledger = ledger_kind::creates;
    } else if constexpr (std::derived_from<Stage, transform>) {
      type_.kind = stage_kind::transform;
      type_.inputs = {"in"};
      type_.outputs = {"out"};
    } else {
      type_.kind = stage_kind::sink;
      type_.inputs = {"in"};
      type_.ledger = ledger_kind::creates;
    }
  }

  stage_description& summary(const char* sentence) {
    type_.summary = sentence;
    return *this;
  }
  stage_description& description(const char* paragraphs) {
    type_.description = paragraphs;
    return *this;
  }

  /// See `option_set::add`.
  template <class T, class... Attributes>
  stage_description& option(const char* name, T Options::*member, const char* documentation,
                            Attributes... attributes) {
    options_.add(name, member, documentation, attributes...);
    return *this;
  }
  template <class Enum>
  stage_description& option(const char* name, Enum Options::*member, const char* documentation,
                            std::initializer_list<choice<Enum>> choices) {
    options_.add(name, member, documentation, choices);
    return *this;
  }

  stage_description& inputs(std::vector<std::string> names) {
    type_.inputs = std::move(names);
    return *this;
  }
  /// Any number of inputs from two on, in order.
  stage_description& numbered_inputs() {
    type_.numbered_inputs = true;
    type_.inputs.clear();
    return *this;
  }
  stage_description& outputs(std::vector<std::string> names) {
    type_.outputs = std::move(names);
    return *this;
  }
  /// The options decide the outputs.
  stage_description& outputs(std::function<std::vector<std::string>(const Options&)> names) {
    type_.has_chosen_outputs = true;
    type_.outputs.clear();
    chosen_outputs_ = std::move(names);
    return *this;
  }
  stage_description& reads(input_order order) {
    type_.order = order;
    return *this;
  }

  /// Records go on as they are: their raw text stays true, and all columns pass.
  stage_description& keeps_raw() {
    type_.keeps_raw = true;
    return *this;
  }
  /// Records may be refused. Not needed for expressions: a stage that has some may do so anyway.
  stage_description& rejects() {
    type_.rejects = true;
    return *this;
  }
  stage_description& rejects(std::function<bool(const Options&)> may_reject) {
    rejects_ = std::move(may_reject);
    return *this;
  }
  /// Records may be left out.
  stage_description& filters() {
    type_.ledger = ledger_kind::filters;
    return *this;
  }
  /// Input is absorbed and other records are made.
  stage_description& creates() {
    type_.ledger = ledger_kind::creates;
    return *this;
  }
  /// No call ever waits, sets a time or hands out a waker.
  stage_description& never_waits() {
    return never_waits([](const Options&) { return true; });
  }
  stage_description& never_waits(std::function<bool(const Options&)> where) {
    never_waits_ = std::move(where);
    return *this;
  }
  /// The same, and its calls cost less than handing a chunk from actor to actor.
  stage_description& cheap() {
    type_.cheap = true;
    return never_waits();
  }
  /// Each chunk is handled by itself: any number of instances may share the work.
  stage_description& shares_work() {
    return shares_work([](const Options&) { return workers_without_bound; });
  }
  /// As many instances as `most` answers may share the work. Those that have something in common (a
  /// source's input, what a transform makes of all records at the end) are made by the stage's
  /// `static std::vector<std::unique_ptr<Stage>> make_workers(const Options&, unsigned count)`.
  stage_description& shares_work(std::function<unsigned(const Options&)> most) {
    type_.shares_work = true;
    workers_most_ = std::move(most);
    return *this;
  }
  /// Keeps nothing from one call to the next that a result could depend on: where a call fails, a
  /// new instance may be given the same chunk.
  stage_description& keeps_nothing() {
    type_.failed = after_failure::goes_on;
    return *this;
  }
  /// A sink that can undo a call that failed, see `sink::roll_back`.
  stage_description& rolls_back() {
    type_.failed = after_failure::rolls_back;
    return *this;
  }
  stage_description& holds_nothing() {
    type_.hold = {};
    return *this;
  }
  stage_description& holds(hold_bound bound) {
    type_.hold = bound;
    return *this;
  }
  stage_description& holds(std::function<hold_bound(const Options&)> bound) {
    hold_ = std::move(bound);
    return *this;
  }

  /// Checks beyond single options, made where all of those are right; places come from the
  /// options' map.
  stage_description& checks(
      std::function<void(const Options&, const config_value&, problems&)> more) {
    checks_ = std::move(more);
    return *this;
  }
  /// The columns of the input that options name, where that is not each option's own affair: those
  /// that an option before makes are not the input's.
  stage_description& names_columns(
      std::function<std::vector<column_path>(const Options&)> columns) {
    columns_ = std::move(columns);
    return *this;
  }
  /// Completes what is known of the expressions among the options, given in the options' order:
  /// the columns that options before them add.
  stage_description& uses(
      std::function<std::vector<expression_use>(const Options&, std::vector<expression_use>)>
          complete) {
    uses_ = std::move(complete);
    return *this;
  }
  /// What is known of an output's columns. Default: those of the first input where the records go
  /// on unchanged, else nothing.
  stage_description& makes(
      std::function<known_columns(const Options&, port_number, const std::vector<known_columns>&)>
          known) {
    known_ = std::move(known);
    return *this;
  }
  /// What it wants of its inputs. Default: what its options name and, of a stage that keeps raw,
  /// what all outputs want; else everything.
  stage_description& wants(
      std::function<column_demand(const Options&, port_number, const std::vector<column_demand>&)>
          demand) {
    demand_ = std::move(demand);
    return *this;
  }
  stage_description& reads_files(std::function<std::vector<std::string>(const Options&)> paths) {
    files_read_ = std::move(paths);
    return *this;
  }
  stage_description& writes_files(std::function<std::vector<std::string>(const Options&)> paths) {
    files_written_ = std::move(paths);
    return *this;
  }
  /// Of the files that it writes, those that begin anew.
  stage_description& replaces_files(std::function<std::vector<std::string>(const Options&)> paths) {
    files_replaced_ = std::move(paths);
    return *this;
  }
  /// A run may begin again with it (`configured_stage::why_not_again`), but for the reason that
  /// `why_not` answers. Without this a source or a sink can't.
  stage_description& runs_again(
      std::function<std::optional<std::string>(const Options&)> why_not = nullptr) {
    can_run_again_ = true;
    why_not_again_ = std::move(why_not);
    return *this;
  }
  stage_description& example(const char* options_in_yaml) {
    type_.examples.emplace_back(options_in_yaml);
    return *this;
  }

  operator stage_type() const {
    stage_type type = type_;
    type.options = options_.declarations();
    type.configure = [self = std::make_shared<const stage_description>(*this)](
                         const config_value& from, std::size_t inputs, problems& found) {
      auto made = std::make_shared<configured>(self, inputs);
      const std::size_t errors = found.errors();
      self->options_.read(from, made->options_, found);
      // What could not be read has its default, about which a check would tell untrue things.
      if (self->checks_ && found.errors() == errors) self->checks_(made->options_, from, found);
      return made;
    };
    return type;
  }

 private:
  class configured final : public configured_stage {
   public:
    configured(std::shared_ptr<const stage_description> about, std::size_t inputs)
        : about_(std::move(about)), inputs_(inputs) {}

    std::vector<std::string> inputs() const override {
      if (!about_->type_.numbered_inputs) return about_->type_.inputs;
      std::vector<std::string> names;
      for (std::size_t i = 0; i < inputs_; ++i) names.push_back(std::to_string(i));
      return names;
    }
    std::vector<std::string> outputs() const override {
      return about_->chosen_outputs_ ? about_->chosen_outputs_(options_) : about_->type_.outputs;
    }
    std::vector<expression_use> expressions() const override {
      auto found = about_->options_.expressions(options_);
      return about_->uses_ ? about_->uses_(options_, std::move(found)) : found;
    }
    std::vector<column_path> columns() const override {
      return about_->columns_ ? about_->columns_(options_) : about_->options_.columns(options_);
    }
    bool rejects() const override {
      const bool by_itself = about_->rejects_ ? about_->rejects_(options_) : about_->type_.rejects;
      return by_itself || !expressions().empty();
    }
    hold_bound hold() const override {
      return about_->hold_ ? about_->hold_(options_) : about_->type_.hold;
    }
    known_columns known(port_number output, const std::vector<known_columns>& in) const override {
      if (about_->known_) return about_->known_(options_, output, in);
      if (about_->type_.keeps_raw && !in.empty()) return in.front();
      return {};
    }
    column_demand demand(port_number input,
                         const std::vector<column_demand>& below) const override {
      if (about_->demand_) return about_->demand_(options_, input, below);
      if (!about_->type_.keeps_raw) return column_demand::everything();
      column_demand wanted = own_demand();
      for (const auto& d : below) wanted.add(d);
      return wanted;
    }
    std::vector<std::string> files_read() const override {
      return about_->files_read_ ? about_->files_read_(options_) : std::vector<std::string>();
    }
    std::vector<std::string> files_written() const override {
      return about_->files_written_ ? about_->files_written_(options_) : std::vector<std::string>();
    }
    std::vector<std::string> files_replaced() const override {
      return about_->files_replaced_ ? about_->files_replaced_(options_)
                                     : std::vector<std::string>();
    }
    bool never_waits() const override {
      return about_->never_waits_ && about_->never_waits_(options_);
    }
    unsigned workers_most() const override {
      return about_->workers_most_ ? about_->workers_most_(options_) : 1;
    }
    std::vector<instance> make_workers(unsigned count) const override {
      if constexpr (requires { Stage::make_workers(options_, count); }) {
        std::vector<instance> made;
        for (auto& worker : Stage::make_workers(options_, count))
          if constexpr (std::derived_from<Stage, source>)
            made.emplace_back(std::unique_ptr<source>(std::move(worker)));
          else
            made.emplace_back(with_ports(std::move(worker)));
        return made;
      } else {
        return configured_stage::make_workers(count);
      }
    }
    bool prepares() const override {
      return requires { Stage::make_prepared(options_, 1U); };
    }
    std::vector<instance> make_prepared(unsigned count) const override {
      if constexpr (requires { Stage::make_prepared(options_, count); })
        return Stage::make_prepared(options_, count);
      else
        return configured_stage::make_prepared(count);
    }
    std::optional<std::string> why_not_again() const override {
      if (about_->why_not_again_) return about_->why_not_again_(options_);
      if (about_->can_run_again_ || about_->type_.kind == stage_kind::transform)
        return std::nullopt;
      return about_->type_.kind == stage_kind::source ? "it can't give its records again"
                                                      : "what it wrote can't be taken back";
    }
    bool rereads() const override {
      return requires { Stage::make_rereading(options_, nullptr); };
    }
    instance make_rereading(std::shared_ptr<kept_records> from) const override {
      if constexpr (requires { Stage::make_rereading(options_, nullptr); })
        return Stage::make_rereading(options_, std::move(from));
      else
        return configured_stage::make_rereading(std::move(from));
    }
    instance make() const override {
      if constexpr (std::derived_from<Stage, source>)
        return std::unique_ptr<source>(std::make_unique<Stage>(options_));
      else if constexpr (std::derived_from<Stage, transform>)
        return with_ports(std::make_unique<Stage>(options_));
      else
        return std::unique_ptr<sink>(std::make_unique<Stage>(options_));
    }

   private:
    friend class stage_description;

    std::unique_ptr<transform> with_ports(std::unique_ptr<transform> made) const {
      stage_access::set_ports(*made, static_cast<port_number>(inputs().size()),
                              static_cast<port_number>(outputs().size()));
      return made;
    }
    column_demand own_demand() const {
      column_demand wanted;
      for (const auto& path : columns()) wanted.columns.insert(path.column());
      for (const auto& use : expressions())
        for (const auto& column : use.what->columns()) wanted.columns.insert(column.path.column());
      return wanted;
    }

    std::shared_ptr<const stage_description> about_;
    std::size_t inputs_;
    Options options_{};
  };

  stage_type type_;
  option_set<Options> options_;
  std::function<std::vector<std::string>(const Options&)> chosen_outputs_;
  std::function<bool(const Options&)> rejects_;
  std::function<hold_bound(const Options&)> hold_;
  std::function<unsigned(const Options&)> workers_most_;
  std::function<bool(const Options&)> never_waits_;
  std::function<void(const Options&, const config_value&, problems&)> checks_;
  std::function<std::vector<column_path>(const Options&)> columns_;
  std::function<std::vector<expression_use>(const Options&, std::vector<expression_use>)> uses_;
  std::function<known_columns(const Options&, port_number, const std::vector<known_columns>&)>
      known_;
  std::function<column_demand(const Options&, port_number, const std::vector<column_demand>&)>
      demand_;
  bool can_run_again_ = false;
  std::function<std::optional<std::string>(const Options&)> why_not_again_;
  std::function<std::vector<std::string>(const Options&)> files_read_;
  std::function<std::vector<std::string>(const Options&)> files_written_;
  std::function<std::vector<std::string>(const Options&)> files_replaced_;
};

}  // namespace weir
