#include "pipelines/inspect/graph_drawing.hpp"

#include <doctest/doctest.h>

#include <iterator>
#include <string>

#include "tests/pipelines/inspect/small_stages.hpp"
#include "tests/support/approved_text.hpp"

namespace weir::testing {
namespace {

// Builds graphs of small stages by name.
class graph_builder {
 public:
  explicit graph_builder(const char* name) { graph_.name = name; }

  graph_builder& stage(const std::string& name, const char* type, std::size_t inputs = 1) {
    static const registry stages = small_stages();
    problems ignored;
    graph_stage s;
    s.name = name;
    s.type = std::make_shared<const stage_type>(*stages.find(type));
    s.configured = s.type->configure({}, inputs, ignored);
    graph_.stages.push_back(std::move(s));
    return *this;
  }

  graph_builder& edge(const std::string& from, const std::string& to, port_number out = 0,
                      port_number in = 0) {
    graph_.edges.push_back({{number(from), out}, {number(to), in}});
    return *this;
  }

  std::string draw() const { return drawing_of(make_plan(graph_)); }

 private:
  std::uint32_t number(std::string_view name) const {
    std::uint32_t n = 0;
    while (graph_.stages.at(n).name != name) ++n;
    return n;
  }

  graph graph_;
};

}  // namespace

TEST_CASE("a chain is drawn as one line") {
  check_approved("pipelines/inspect/approved/graph_chain.txt", graph_builder("slow-requests")
                                                                   .stage("access", "listen")
                                                                   .stage("once", "dedupe")
                                                                   .stage("out", "write")
                                                                   .edge("access", "once")
                                                                   .edge("once", "out")
                                                                   .draw());
}

TEST_CASE("a diamond and rejected records are drawn as lines that part and meet") {
  check_approved("pipelines/inspect/approved/graph_diamond.txt", graph_builder("diamond")
                                                                     .stage("in", "listen")
                                                                     .stage("once", "dedupe")
                                                                     .stage("both", "zip", 2)
                                                                     .stage("out", "write")
                                                                     .stage("bad", "write")
                                                                     .edge("in", "once")
                                                                     .edge("in", "both")
                                                                     .edge("once", "both", 0, 1)
                                                                     .edge("both", "out")
                                                                     .edge("once", "bad", 1)
                                                                     .edge("in", "bad", 1)
                                                                     .draw());
}

TEST_CASE("a stage is drawn below all it reads from, wherever the file names it") {
  check_approved("pipelines/inspect/approved/graph_later.txt", graph_builder("later")
                                                                   .stage("out", "write")
                                                                   .stage("once", "dedupe")
                                                                   .stage("in", "listen")
                                                                   .edge("once", "out")
                                                                   .edge("in", "once")
                                                                   .draw());
}

TEST_CASE("a stage alone is drawn") {
  check_approved("pipelines/inspect/approved/graph_alone.txt",
                 graph_builder("alone").stage("in", "listen").draw());
}

TEST_CASE("thirty stages stay readable") {
  graph_builder graph("thirty");
  graph.stage("orders", "listen").stage("returns", "listen").stage("kinds", "route");
  graph.edge("orders", "kinds").edge("returns", "kinds");
  const std::string shops[] = {"berlin", "brno", "kyoto", "lima", "oslo", "paris"};
  port_number error_or_other = 0;
  for (const auto& shop : shops) {
    graph.stage(shop + "-once", "dedupe").stage(shop + "-join", "join");
    graph.stage(shop + "-out", "write");
    graph.edge("kinds", shop + "-once", error_or_other++ % 2).edge(shop + "-once", shop + "-join");
    graph.edge("returns", shop + "-join", 0, 1).edge(shop + "-join", shop + "-out");
  }
  graph.stage("all", "zip", std::size(shops));
  port_number input = 0;
  for (const auto& shop : shops) graph.edge(shop + "-join", "all", 0, input++);
  graph.stage("parts", "route").edge("all", "parts");
  for (const char* name : {"parts-errors", "parts-other"}) graph.stage(name, "write");
  graph.edge("parts", "parts-errors", 0).edge("parts", "parts-other", 1);
  for (const char* name : {"bad-a", "bad-b", "bad-c", "bad-d"}) graph.stage(name, "write");
  graph.edge("orders", "bad-a", 1).edge("returns", "bad-b", 1).edge("all", "bad-c", 1);
  graph.edge("kinds", "bad-d", 2);
  check_approved("pipelines/inspect/approved/graph_thirty.txt", graph.draw());
}

}  // namespace weir::testing
