#include "runtime/executor/stage_instances.hpp"

#include <utility>

#include "runtime/executor/thrown_error.hpp"
#include "runtime/flow/dispatch.hpp"
#include "runtime/flow/fork.hpp"

namespace weir {
namespace {

// Stands for an instance that could not be made: it is never called. Of the three calls each kind
// has one. NOLINTBEGIN(modernize-use-override)
template <class Kind>
class unmade final : public Kind {
  stage_answer pull(outlet&) { return answer::end; }
  stage_answer process(port_number, const chunk_ptr&, outlet&) { return answer::end; }
  stage_answer consume(const chunk_ptr&, outlet&) { return answer::end; }
};
// NOLINTEND(modernize-use-override)

configured_stage::instance unmade_instance(stage_kind kind) {
  switch (kind) {
    case stage_kind::source:
      return std::unique_ptr<source>(std::make_unique<unmade<source>>());
    case stage_kind::transform:
      return std::unique_ptr<transform>(std::make_unique<unmade<transform>>());
    case stage_kind::sink:
      break;
  }
  return std::unique_ptr<sink>(std::make_unique<unmade<sink>>());
}

template <class Transform>
node_instances between_stages() {
  return {{std::unique_ptr<transform>(std::make_unique<Transform>()), false, std::nullopt}, {}};
}

stage_instance ready(configured_stage::instance made) {
  stage_instance out{std::move(made), false, std::nullopt};
  std::visit([&](const auto& stage) { out.blocks = stage->blocks(); }, out.what);
  return out;
}

// A stage's workers; or a sink, and behind it `preparing` others that work ahead for it. An
// instance that can't be made is a failure of its stage, told when it is to be opened: the run then
// ends like any other.
template <class Make>
std::vector<stage_instance> made_by(const Make& make, stage_kind kind, unsigned count,
                                    unsigned preparing) {
  const auto cannot = [&](const error& cause) {
    std::vector<stage_instance> none;
    const auto add = [&](stage_kind what) {
      none.push_back({unmade_instance(what), false, cause});
    };
    for (unsigned worker = 0; worker < (preparing > 0 ? 1 : count); ++worker) add(kind);
    for (unsigned worker = 0; worker < preparing; ++worker) add(stage_kind::transform);
    return none;
  };
  try {
    std::vector<stage_instance> made;
    for (auto& instance : make()) made.push_back(ready(std::move(instance)));
    return made;
  } catch (...) {
    return cannot(thrown_error());
  }
}

std::vector<stage_instance> instances_of(const graph_stage& stage, unsigned workers,
                                         unsigned preparing) {
  const auto make = [&] {
    return preparing > 0 ? stage.configured->make_prepared(preparing)
                         : stage.configured->make_workers(workers);
  };
  return made_by(make, stage.type->kind, workers, preparing);
}

}  // namespace

stage_instance make_again(const graph_stage& stage) {
  const auto make = [&] {
    std::vector<configured_stage::instance> one;
    one.push_back(stage.configured->make());
    return one;
  };
  return std::move(made_by(make, stage.type->kind, 1, 0).front());
}

std::vector<node_instances> make_instances(const plan& planned) {
  std::vector<unsigned> preparing(planned.what.stages.size());
  for (const auto& node : planned.nodes)
    for (const auto& follower : node.followers)
      if (follower.prepares) ++preparing[follower.stage];
  std::vector<std::vector<stage_instance>> of_stage(planned.what.stages.size());
  const auto worker_of = [&](const plan_node& node, std::uint32_t stage, bool prepares) {
    auto& made = of_stage[stage];
    if (made.empty())
      made = instances_of(planned.what.stages[stage], node.workers, preparing[stage]);
    return std::move(made[node.worker + (prepares ? 1 : 0)]);
  };
  std::vector<node_instances> of_node;
  for (const auto& node : planned.nodes) {
    switch (node.what) {
      case plan_node::role::fork:
        of_node.push_back(between_stages<fork>());
        break;
      case plan_node::role::merge:
      case plan_node::role::collect:
        of_node.push_back(between_stages<merge>());
        break;
      case plan_node::role::dispatch:
        of_node.push_back(between_stages<dispatch>());
        break;
      case plan_node::role::stage:
        of_node.push_back({worker_of(node, node.stage, false), {}});
        for (const auto& follower : node.followers)
          of_node.back().followers.push_back(worker_of(node, follower.stage, follower.prepares));
    }
  }
  return of_node;
}

}  // namespace weir
