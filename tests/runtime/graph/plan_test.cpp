#include "runtime/graph/plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/graph_builder.hpp"

namespace weir {
namespace {

using namespace weir::testing;

made_stage source_stage(const char* name) { return {.name = name, .kind = stage_kind::source}; }
made_stage sink_stage(const char* name) { return {.name = name, .kind = stage_kind::sink}; }

std::vector<std::string> node_names(const plan& made) {
  std::vector<std::string> names;
  for (const auto& node : made.nodes) names.push_back(node.name);
  return names;
}

const plan_node& node_of(const plan& made, const std::string& name) {
  const auto at = std::find_if(made.nodes.begin(), made.nodes.end(),
                               [&](const plan_node& node) { return node.name == name; });
  REQUIRE(at != made.nodes.end());
  return *at;
}

// All edges as `from -> to`, sorted.
std::vector<std::string> edge_names(const plan& made) {
  std::vector<std::string> names;
  for (const auto& edge : made.edges) names.push_back(edge.from_name + " -> " + edge.to_name);
  std::sort(names.begin(), names.end());
  return names;
}

const plan_edge& edge_to(const plan& made, const std::string& name, port_number port = 0) {
  return made.edges[node_of(made, name).inputs.at(port)];
}

// Both ends of every edge know it, and every node stands behind what it reads from.
void check_form(const plan& made) {
  for (edge_id number = 0; number < made.edges.size(); ++number) {
    const plan_edge& edge = made.edges[number];
    CHECK(made.nodes[edge.from.stage].outputs.at(edge.from.port) == number);
    CHECK(made.nodes[edge.to.stage].inputs.at(edge.to.port) == number);
    CHECK(edge.from.stage < edge.to.stage);
  }
  std::size_t ends = 0;
  for (const auto& node : made.nodes) ends += node.inputs.size();
  CHECK(ends == made.edges.size());
}

TEST_CASE("a chain needs nothing but its stages") {
  graph_builder build;
  const auto to = build.add(sink_stage("to"));
  const auto through = build.add({.name = "through"});
  const auto from = build.add(source_stage("from"));
  build.connect(through, to).connect(from, through);
  const auto made = make_plan(build.finish());
  check_form(made);
  CHECK(node_names(made) == std::vector<std::string>{"from", "through", "to"});
  CHECK(edge_names(made) == std::vector<std::string>{"from.out -> through", "through.out -> to"});
  CHECK(made.notes.empty());
  CHECK(made.warnings.empty());
  // Of the transform: its output, and `rejected`, which nobody reads.
  const auto& outputs = node_of(made, "through").outputs;
  REQUIRE(outputs.size() == 2);
  CHECK(outputs[0].has_value());
  CHECK_FALSE(outputs[1].has_value());
}

TEST_CASE("a port with several readers gets a fork, and the least credit of them before it") {
  graph_builder build;
  const auto from = build.add(source_stage("from"));
  auto narrow = sink_stage("narrow");
  narrow.credit.chunks = 2;
  auto lossy = sink_stage("lossy");
  lossy.full = when_full::drop_oldest;
  lossy.credit = {.chunks = 5, .bytes = 1_MiB};
  const auto a = build.add(sink_stage("wide"));
  const auto b = build.add(narrow);
  const auto c = build.add(lossy);
  build.connect(from, a).connect(from, b).connect(from, c);
  const auto made = make_plan(build.finish());
  check_form(made);
  const auto& fork = node_of(made, "from.out.fork");
  CHECK(fork.what == plan_node::role::fork);
  CHECK(fork.outputs.size() == 3);
  CHECK(edge_to(made, "from.out.fork").credit.chunks == 2);
  CHECK(edge_to(made, "from.out.fork").credit.bytes == 1_MiB);
  CHECK(edge_to(made, "from.out.fork").full == when_full::block);
  CHECK(edge_to(made, "wide").credit.chunks == 8);
  CHECK(edge_to(made, "narrow").credit.chunks == 2);
  // The policy and the ring are the reader's own.
  CHECK(edge_to(made, "lossy").full == when_full::drop_oldest);
  CHECK(edge_to(made, "lossy").ring_chunks == 5);
  CHECK(edge_to(made, "wide").full == when_full::block);
}

TEST_CASE("an input with several writers gets a merge, whose ways have the reader's credit") {
  graph_builder build;
  const auto a = build.add(source_stage("a"));
  const auto b = build.add(source_stage("b"));
  auto lossy = sink_stage("to");
  lossy.full = when_full::drop_newest;
  lossy.credit.chunks = 3;
  const auto to = build.add(lossy);
  build.connect(a, to).connect(b, to);
  const auto made = make_plan(build.finish());
  check_form(made);
  const auto& merge = node_of(made, "to.merge");
  CHECK(merge.what == plan_node::role::merge);
  CHECK(merge.inputs.size() == 2);
  for (port_number port = 0; port < 2; ++port) {
    CHECK(edge_to(made, "to.merge", port).credit.chunks == 3);
    CHECK(edge_to(made, "to.merge", port).full == when_full::drop_newest);
  }
  // What has come through the merge is not dropped a second time.
  CHECK(edge_to(made, "to").full == when_full::block);
}

TEST_CASE("the port of rejected records is read, forked and merged like any other") {
  graph_builder build;
  const auto a = build.add(source_stage("a"));
  const auto b = build.add({.name = "b"});
  const auto c = build.add(sink_stage("c"));
  const auto d = build.add(sink_stage("d"));
  build.connect(a, b).connect(b, c).connect_rejected(a, d).connect_rejected(b, d);
  build.connect_rejected(b, c);
  const auto made = make_plan(build.finish());
  check_form(made);
  CHECK(edge_names(made) ==
        std::vector<std::string>{"a.out -> b", "a.rejected -> d.merge", "b.out -> c.merge",
                                 "b.rejected -> b.rejected.fork", "b.rejected -> c.merge",
                                 "b.rejected -> d.merge", "c.merge -> c", "d.merge -> d"});
}

TEST_CASE("two edges from one port to one input are a fork and a merge") {
  graph_builder build;
  const auto a = build.add(source_stage("a"));
  const auto b = build.add(sink_stage("b"));
  build.connect(a, b).connect(a, b);
  const auto made = make_plan(build.finish());
  check_form(made);
  CHECK(node_names(made) == std::vector<std::string>{"a", "a.out.fork", "b.merge", "b"});
}

column_demand columns(std::set<std::string> names) {
  return {.all = false, .columns = std::move(names), .raw_formats = {}};
}

TEST_CASE("each reader is told which columns all below it want") {
  graph_builder build;
  const auto from = build.add(source_stage("from"));
  made_stage filter{.name = "filter"};
  filter.wants = [](const std::vector<column_demand>& below) {
    auto wanted = columns({"status"});
    for (const auto& b : below) wanted.add(b);
    return wanted;
  };
  made_stage count{.name = "count", .ledger = ledger_kind::creates};
  count.wants = [](const std::vector<column_demand>&) { return columns({"host"}); };
  auto writer = sink_stage("writer");
  writer.wants = [](const std::vector<column_demand>&) {
    auto wanted = columns({});
    wanted.raw_formats = {"ndjson"};
    return wanted;
  };
  const auto a = build.add(filter);
  const auto b = build.add(count);
  const auto c = build.add(writer);
  auto second = writer;
  second.name = "second";
  const auto d = build.add(second);
  build.connect(from, a).connect(a, b).connect(b, c).connect(from, d);
  const auto made = make_plan(build.finish());
  // What the counting stage gives is its own: what the writer wants of it ends there.
  auto all = columns({"status", "host"});
  CHECK(node_of(made, "filter").demand[0] == columns({"host"}));
  CHECK(node_of(made, "count").demand[0].raw_formats == std::set<std::string>{"ndjson"});
  // Through the fork come the wants of both its readers.
  all.raw_formats = {"ndjson"};
  CHECK(node_of(made, "from").demand[0] == all);
  // Nobody reads what the source rejects.
  CHECK(node_of(made, "from").demand[1] == column_demand{});
}

TEST_CASE("each stage is told what is known of the columns that come to it") {
  const auto making = [](const char* name, std::vector<field> fields, bool complete) {
    auto stage = source_stage(name);
    stage.makes = [=](const auto&) {
      return known_columns{.fields = fields, .complete = complete};
    };
    return stage;
  };
  graph_builder build;
  const auto a = build.add(making("a", {{"n", column_type::int64}, {"s"}}, true));
  const auto b = build.add(making("b", {{"n", column_type::float64}}, true));
  const auto open = build.add(making("open", {}, false));
  made_stage through{.name = "through"};
  through.makes = [](const std::vector<known_columns>& in) { return in.front(); };
  const auto pass = build.add(through);
  const auto first = build.add(sink_stage("first"));
  const auto second = build.add(sink_stage("second"));
  const auto rejects = build.add(sink_stage("rejects"));
  build.connect(a, pass).connect(b, pass).connect(pass, first).connect(pass, second);
  build.connect(open, second).connect_rejected(pass, rejects);
  const auto made = make_plan(build.finish());
  const auto known = [&](const char* name) { return node_of(made, name).known.at(0); };
  const std::vector<field> both = {{"n", column_type::dynamic}, {"s", column_type::dynamic}};
  CHECK(known("first").fields == both);
  CHECK(known("first").complete);
  CHECK(known("second").fields == both);
  CHECK_FALSE(known("second").complete);
  CHECK(known("rejects").fields == rejected_columns().fields);
}

TEST_CASE("a stage whose rejected records are read wants their text") {
  for (const bool read : {false, true}) {
    CAPTURE(read);
    graph_builder build;
    const auto from = build.add(source_stage("from"));
    made_stage count{.name = "count"};
    count.wants = [](const std::vector<column_demand>&) { return columns({"host"}); };
    const auto a = build.add(count);
    const auto b = build.add(sink_stage("to"));
    build.connect(from, a).connect(a, b);
    if (read) build.connect_rejected(a, build.add(sink_stage("rejects")));
    const auto made = make_plan(build.finish());
    auto wanted = columns({"host"});
    if (read) wanted.raw_formats = {"ndjson"};
    CHECK(node_of(made, "from").demand[0] == wanted);
  }
}

TEST_CASE("queues get at most half of the memory, each its share, but enough for a chunk") {
  struct row {
    byte_size memory;
    byte_size small;
    byte_size large;
  };
  // Two edges that ask for 1 MiB and 7 MiB.
  const row rows[] = {
      {1_GiB, 1_MiB, 7_MiB},
      {16_MiB, 1_MiB, 7_MiB},
      {8_MiB, 512_KiB, {7 * 512 * 1024}},
      {1_MiB, 512_KiB, 512_KiB},
  };
  for (const auto& [memory, small, large] : rows) {
    CAPTURE(memory.bytes);
    graph_builder build;
    made_stage through{.name = "through"};
    through.credit.bytes = 1_MiB;
    auto to = sink_stage("to");
    to.credit.bytes = 7_MiB;
    const auto a = build.add(source_stage("from"));
    const auto b = build.add(through);
    const auto c = build.add(to);
    build.connect(a, b).connect(b, c).memory(memory);
    const auto made = make_plan(build.finish());
    CHECK(edge_to(made, "through").credit.bytes == small);
    CHECK(edge_to(made, "to").credit.bytes == large);
    CHECK(edge_to(made, "to").credit.chunks == 8);
  }
  // An edge that asks for less than the least is left alone.
  graph_builder build;
  auto to = sink_stage("to");
  to.credit.bytes = 1_KiB;
  const auto a = build.add(source_stage("from"));
  build.connect(a, build.add(to)).memory(1_KiB);
  CHECK(edge_to(make_plan(build.finish()), "to").credit.bytes == 1_KiB);
}

}  // namespace
}  // namespace weir
