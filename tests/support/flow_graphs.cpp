#include "tests/support/flow_graphs.hpp"

#include <algorithm>

namespace weir::testing {
namespace {

model_stage stage_of(const stage_gene& gene, with_joins joins) {
  using kind = model_kind;
  constexpr std::array plain{kind::pass, kind::pass,  kind::pass, kind::filter, kind::head,
                             kind::hold, kind::batch, kind::sink, kind::source};
  constexpr std::array joining{kind::pass, kind::pass, kind::zip,    kind::hold, kind::batch,
                               kind::zip,  kind::head, kind::filter, kind::zip,  kind::source};
  const kind what =
      joins == with_joins::yes ? joining[gene[0] % joining.size()] : plain[gene[0] % plain.size()];
  switch (what) {
    case kind::source:
      return {what, gene[1] % 24U, gene[2] % 9U};
    case kind::hold:
      return {what, 1 + gene[1] % 10U, 0};
    case kind::zip:
      return {what, 1 + gene[1] % 2U, 0};
    default:
      return {what, 1 + gene[1] % 6U, 0};
  }
}

model_edge edge_of(const stage_gene& gene, std::uint32_t which) {
  constexpr std::array chunks{1U, 1U, 2U, 3U, 8U};
  constexpr std::array bytes{1_B, 300_B, 700_B, 4_KiB, 1_MiB};
  const std::uint32_t of_edge = gene[4] + 7U * which;
  model_edge edge;
  edge.capacity = {chunks[of_edge % chunks.size()], bytes[gene[5] % bytes.size()]};
  edge.ring_chunks = 1 + gene[6] % 3U;
  if (which == 0 && gene[7] % 4 == 3)
    edge.policy = gene[7] % 8 == 3 ? when_full::drop_newest : when_full::drop_oldest;
  return edge;
}

}  // namespace

model_graph graph_of(const std::vector<stage_gene>& genes, with_joins joins) {
  model_graph graph;
  graph.stages.push_back({model_kind::source, 20, 8});
  std::vector<std::uint32_t> writers{0};
  std::vector<bool> is_read{false};
  const auto read = [&](std::uint32_t producer, const stage_gene& gene, std::uint32_t which) {
    model_edge edge = edge_of(gene, which);
    edge.producer = producer;
    edge.consumer = static_cast<std::uint32_t>(graph.stages.size()) - 1;
    is_read[producer] = true;
    graph.edges.push_back(edge);
  };
  const auto add = [&](model_stage stage) {
    graph.stages.push_back(stage);
    is_read.push_back(stage.kind == model_kind::sink);
  };
  for (const auto& gene : genes) {
    add(stage_of(gene, joins));
    const model_kind kind = graph.stages.back().kind;
    // A stage reads one, two or three others, rather the last ones; a zip at least two.
    std::uint32_t inputs =
        kind == model_kind::source ? 0 : 1 + (gene[2] % 3 == 0) + (gene[2] % 9 == 0);
    if (kind == model_kind::zip) inputs = std::max(inputs, 2U);
    for (std::uint32_t which = 0; which < inputs; ++which) {
      const std::size_t back = (gene[3] >> (2 * which)) % std::min<std::size_t>(4, writers.size());
      read(writers[writers.size() - 1 - back], gene, which);
    }
    if (kind != model_kind::sink)
      writers.push_back(static_cast<std::uint32_t>(graph.stages.size()) - 1);
  }
  const auto made = static_cast<std::uint32_t>(graph.stages.size());
  for (std::uint32_t stage = 0; stage < made; ++stage)
    if (!is_read[stage]) {
      add({model_kind::sink, 1});
      read(stage, {0, 0, 0, 0, 2, 4, 0, 0}, 0);
    }
  return graph;
}

}  // namespace weir::testing
