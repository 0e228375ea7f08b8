#include "pipelines/assemble/check_workers.hpp"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "runtime/base/text.hpp"

namespace weir {
namespace {

class worker_check {
 public:
  worker_check(const draft& in, problems& found) : in_(in), found_(found) {}

  void visit(std::uint32_t at) {
    const draft_stage& stage = in_.stages[at];
    if (!stage.type || !stage.spec->is_complete) return;
    const auto subject = found_.enter(in_.subject(at));
    if (const auto why = why_one(stage); why && asks_for_some(stage))
      refuse(at, *why);
    else if (!stage.spec->ordered)
      check_order(at);
  }

 private:
  static bool asks_for_some(const draft_stage& stage) {
    return stage.spec->workers && *stage.spec->workers != 1;
  }

  // Why only one instance may do the stage's work; none where several may.
  std::optional<std::string> why_one(const draft_stage& stage) const {
    const std::string name = quoted(stage.type->name);
    if (stage.type->shares_work) {
      if (stage.type->kind != stage_kind::source || !stage.is_sound) return std::nullopt;
      const auto made = stage.configured->make();
      if (!std::get<std::unique_ptr<source>>(made)->blocks()) return std::nullopt;
      return "its input is read as it comes, as of a pipe";
    }
    switch (stage.type->kind) {
      case stage_kind::source:
        return name + " makes its records one after the other";
      case stage_kind::transform:
        return name + " sees all records, in order";
      case stage_kind::sink:
        return name + " takes all records, in order";
    }
    return std::nullopt;
  }

  void refuse(std::uint32_t at, const std::string& why) {
    const stage_spec& spec = *in_.stages[at].spec;
    const auto key = found_.enter("'workers'");
    if (*spec.workers == workers_by_threads) {
      found_.warn("one-worker", spec.workers_place,
                  fmt::format("{}, so that 'auto' is 1 here; leave it out", why));
      return;
    }
    const auto other = nearest_above(at);
    found_.add("one-worker", spec.workers_place,
               fmt::format("{}, so that it takes 1, not {}; {}", why, *spec.workers,
                           other ? fmt::format("{} above it can have some",
                                               quoted(in_.stages[*other].spec->name))
                                 : std::string("leave it out")));
  }

  // The nearest stage above that may have workers.
  std::optional<std::uint32_t> nearest_above(std::uint32_t at) const {
    std::vector<bool> seen(in_.stages.size());
    std::vector<std::uint32_t> next{at};
    for (std::size_t i = 0; i < next.size(); ++i)
      for (const auto& edge : in_.edges) {
        if (edge.to.stage != next[i] || seen[edge.from.stage]) continue;
        seen[edge.from.stage] = true;
        next.push_back(edge.from.stage);
        const draft_stage& above = in_.stages[edge.from.stage];
        if (above.type->shares_work && !why_one(above)) return edge.from.stage;
      }
    return std::nullopt;
  }

  void check_order(std::uint32_t at) {
    const draft_stage& stage = in_.stages[at];
    const stage_spec& spec = *stage.spec;
    const auto key = found_.enter("'ordered'");
    const bool has_workers =
        !why_one(stage) && (asks_for_some(stage) ||
                            (stage.type->kind == stage_kind::source && !spec.workers.has_value()));
    if (!has_workers) {
      found_.warn("no-workers", spec.ordered_place,
                  fmt::format("'false' changes nothing, as the stage has one worker; {}",
                              stage.type->shares_work && !why_one(stage)
                                  ? "write 'workers: auto' too, or leave it out"
                                  : "leave it out"));
      return;
    }
    const auto below = depends_on_order(at);
    if (!below) return;
    const bool pairs = in_.stages[*below].type->order != input_order::any;
    found_.warn("order-needed", spec.ordered_place,
                fmt::format("its records come in any order, by which {} below it {} them; leave "
                            "it out",
                            quoted(in_.stages[*below].spec->name), pairs ? "joins" : "chooses"));
  }

  // The first stage below whose records depend on the order of those it takes: it reads its inputs
  // in step, or leaves out records by what it saw before. What makes records of its own hides it.
  std::optional<std::uint32_t> depends_on_order(std::uint32_t at) const {
    std::vector<bool> seen(in_.stages.size());
    std::vector<std::uint32_t> next{at};
    for (std::size_t i = 0; i < next.size(); ++i)
      for (const auto& edge : in_.edges) {
        if (edge.from.stage != next[i] || seen[edge.to.stage]) continue;
        seen[edge.to.stage] = true;
        const stage_type& below = *in_.stages[edge.to.stage].type;
        const bool chooses = below.ledger == ledger_kind::filters && !below.shares_work;
        if (below.order != input_order::any || chooses) return edge.to.stage;
        if (below.ledger != ledger_kind::creates) next.push_back(edge.to.stage);
      }
    return std::nullopt;
  }

  const draft& in_;
  problems& found_;
};

}  // namespace

void check_workers(const draft& in, problems& found) {
  worker_check all(in, found);
  for (std::uint32_t stage = 0; stage < in.stages.size(); ++stage) all.visit(stage);
}

}  // namespace weir
