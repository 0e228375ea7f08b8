// Which stages share a node, and that a plan with fused stages still has all its edges.

#include "runtime/graph/fuse_stages.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/graph_builder.hpp"

namespace weir {
namespace {

using namespace weir::testing;

made_stage ready_stage(const char* name, stage_kind kind = stage_kind::transform) {
  made_stage made{.name = name, .kind = kind};
  made.never_waits = made.cheap = true;
  return made;
}

// Each node as `first+follower+...`, a worker's with its number, a sink's work ahead with a star.
std::vector<std::string> node_texts(const plan& made) {
  std::vector<std::string> texts;
  for (const auto& node : made.nodes) {
    std::string text = node.name;
    for (const auto& follower : node.followers)
      text += "+" + follower.name + (follower.prepares ? "*" : "");
    if (node.workers > 1) text += "#" + std::to_string(node.worker);
    texts.push_back(text);
  }
  return texts;
}

// source -> a -> b -> sink, changed before they are planned.
template <class Change>
std::vector<std::string> chain_nodes(unsigned threads, Change change) {
  made_stage stages[] = {ready_stage("source", stage_kind::source), ready_stage("a"),
                         ready_stage("b"), ready_stage("sink", stage_kind::sink)};
  change(stages);
  graph_builder build;
  for (const auto& stage : stages) build.add(stage);
  build.connect(0, 1).connect(1, 2).connect(2, 3);
  return node_texts(plan_run(build.finish(), threads));
}

using texts = std::vector<std::string>;

TEST_CASE("cheap stages that never wait share a node with what they read") {
  for (const unsigned threads : {1U, 2U})
    CHECK(chain_nodes(threads, [](made_stage*) {}) == texts{"source+a+b+sink"});
}

TEST_CASE("a stage that may wait has a node of its own, and what is behind it another") {
  CHECK(chain_nodes(1, [](made_stage* s) { s[1].never_waits = false; }) ==
        texts{"source", "a", "b+sink"});
  CHECK(chain_nodes(1, [](made_stage* s) { s[0].never_waits = false; }) ==
        texts{"source", "a+b+sink"});
}

TEST_CASE("stages that are not cheap are fused only where there is one thread") {
  const auto not_cheap = [](made_stage* s) { s[2].cheap = false; };
  CHECK(chain_nodes(1, not_cheap) == texts{"source+a+b+sink"});
  CHECK(chain_nodes(2, not_cheap) == texts{"source+a", "b+sink"});
}

TEST_CASE("an edge that drops stays an edge") {
  CHECK(chain_nodes(1, [](made_stage* s) { s[3].full = when_full::drop_oldest; }) ==
        texts{"source+a+b", "sink"});
}

TEST_CASE("stages that keep nothing do their work in the workers of what they read") {
  const auto shared = [](made_stage* s) {
    s[0].workers_most = s[1].workers_most = 8;
    s[1].cheap = false;
  };
  CHECK(chain_nodes(2, shared) == texts{"source+a#0", "source+a#1", "a.out.collect", "b+sink"});
  CHECK(chain_nodes(1, shared) == texts{"source+a+b+sink"});
}

TEST_CASE("workers work ahead for a sink that allows it, and it reads what they give") {
  const auto shared = [](made_stage* s) {
    s[0].workers_most = s[1].workers_most = s[2].workers_most = 8;
    s[3].make_prepared = [](unsigned) { return std::vector<configured_stage::instance>(); };
    s[3].never_waits = false;
  };
  CHECK(chain_nodes(2, shared) ==
        texts{"source+a+b+sink*#0", "source+a+b+sink*#1", "b.out.collect", "sink"});
  CHECK(chain_nodes(1, shared) == texts{"source+a+b", "sink"});
  // What fails with its text would have to be taken apart.
  const auto policy = [&](failure_action what, after_failure failed) {
    return chain_nodes(2, [&](made_stage* s) {
      shared(s);
      s[3].on_failure.action = what;
      s[3].failed = failed;
    });
  };
  CHECK(policy(failure_action::isolate, after_failure::loses_state).size() == 4);
  CHECK(policy(failure_action::restart, after_failure::rolls_back)[0] == "source+a+b+sink*#0");
  CHECK(policy(failure_action::restart, after_failure::goes_on)[0] == "source+a+b#0");
  CHECK(policy(failure_action::skip, after_failure::rolls_back)[0] == "source+a+b#0");
  // Behind one thread's work there is nobody to do it side by side.
  CHECK(chain_nodes(2, [&](made_stage* s) {
          shared(s);
          s[2].workers_most = 1;
          s[2].cheap = false;
        }) == texts{"source+a#0", "source+a#1", "a.out.collect", "b", "sink"});
}

TEST_CASE("an output with two readers is not fused, nor an input with two writers") {
  graph_builder build;
  const auto source = build.add(ready_stage("source", stage_kind::source));
  const auto a = build.add(ready_stage("a"));
  const auto b = build.add(ready_stage("b"));
  const auto sink = build.add(ready_stage("sink", stage_kind::sink));
  build.connect(source, a).connect(source, b).connect(a, sink).connect(b, sink);
  CHECK(node_texts(plan_run(build.finish(), 1)) ==
        texts{"source", "source.out.fork", "a", "b", "sink.merge", "sink"});
}

TEST_CASE("the outputs of all fused stages are the node's, each known by its edge") {
  graph_builder build;
  const auto source = build.add(ready_stage("source", stage_kind::source));
  const auto a = build.add(ready_stage("a"));
  auto split = ready_stage("split");
  split.outputs = {"even", "odd"};
  const auto last = build.add(split);
  build.connect(source, a).connect(a, last);
  const auto sink = [&](const char* name) {
    auto made = ready_stage(name, stage_kind::sink);
    made.never_waits = false;
    return build.add(made);
  };
  build.connect_rejected(a, sink("refused")).connect(last, sink("odd"), 1);
  const auto made = plan_run(build.finish(), 1);
  const plan_node& node = made.nodes.front();
  REQUIRE(node_texts(made).front() == "source+a+split");
  // source: out (fused), rejected; a: out (fused), rejected; split: even (unread), odd, rejected.
  REQUIRE(node.outputs.size() == 7);
  for (const std::size_t none : {0, 1, 2, 4, 6}) CHECK_FALSE(node.outputs[none].has_value());
  for (const std::size_t some : {3, 5}) {
    REQUIRE(node.outputs[some].has_value());
    const plan_edge& edge = made.edges[*node.outputs[some]];
    CHECK(edge.from.stage == 0);
    CHECK(edge.from.port == some);
  }
  CHECK(made.edges[*node.outputs[3]].from_name == "a.rejected");
  CHECK(made.edges[*node.outputs[5]].from_name == "split.odd");
  CHECK(made.edges[node.followers[1].above].from_name == "a.out");
}

}  // namespace
}  // namespace weir
