#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/random.hpp"
#include "runtime/flow/delivery.hpp"
#include "runtime/flow/input_turn.hpp"
#include "runtime/flow/stage_ledger.hpp"
#include "runtime/supervision/stall.hpp"

namespace weir::testing {

/// Bounds of the chunks that the model's sources make.
inline constexpr std::uint32_t model_records_max = 60;
inline constexpr std::uint64_t model_chunk_bytes_max = 256 + 4 * model_records_max;

/// What a stage of the model does. All but a source and a zip read whichever input has a chunk.
enum class model_kind : std::uint8_t {
  source,  ///< makes `count` chunks
  pass,    ///< gives each chunk to all its outputs: a fork, a merge, or both
  filter,  ///< passes every second chunk, and a progress mark for each other one
  head,    ///< passes `count` chunks and wants no more
  hold,    ///< lets chunks go `count` at a time, the rest at the end
  batch,   ///< makes one chunk of `count`, leaves out what is left at the end
  zip,     ///< reads its inputs in turn, passes what the first gave; the others give `count` each
  sink,
};

struct model_stage {
  model_kind kind = model_kind::pass;
  std::uint32_t count = 1;
  /// Of a source: a flush follows one in so many chunks, by chance; 0: none does.
  std::uint32_t flush_one_in = 8;
};
struct model_edge {
  std::uint32_t producer = 0;
  std::uint32_t consumer = 0;
  credit_limits capacity;
  when_full policy = when_full::block;
  std::uint32_t ring_chunks = 1;
};
struct model_graph {
  std::vector<model_stage> stages;
  std::vector<model_edge> edges;

  /// The same as text, to be printed with what a random test found.
  std::string told() const;
};

/// A graph of simple stages on top of the structures of runtime/flow, run one random step at a
/// time: a message is delivered, an edge opened, or a stage called.
///
/// Messages downstream keep their order within an edge and have none across edges; messages
/// upstream have no order at all and may come twice; messages of another epoch come in between.
/// After each step every invariant of an edge is checked: `violation()` is the first that broke.
///
/// Time: a run is a function of graph and seed alone.
class flow_model {
 public:
  flow_model(const model_graph& graph, std::uint64_t seed);

  /// One step. False: there is nothing to do, now or ever, unless an edge is widened.
  bool step();
  /// Steps until there is nothing to do.
  void settle();
  /// Whether every stage and every edge has ended.
  bool ended() const;
  /// Raises an edge's limits, as a supervisor would.
  void widen(edge_id edge, credit_limits limits);
  /// What did not hold, at some step or (once all has ended) in the balance; empty if all did.
  std::string violation() const { return violation_; }

  std::vector<stage_wait> waits() const;
  std::vector<stall_edge> edges() const;
  std::vector<std::string> names() const;

  /// How often a stage was called.
  std::uint64_t calls(std::uint32_t stage) const { return stages_[stage].calls; }
  /// How many edges have had their reader stop.
  std::uint64_t stops() const;
  /// Numbers of the chunks that an edge's producer has put and its reader has taken, in order.
  const std::vector<std::uint32_t>& sent(edge_id edge) const { return edges_[edge].sent; }
  const std::vector<std::uint32_t>& received(edge_id edge) const { return edges_[edge].received; }

 private:
  struct edge_state {
    model_edge about;
    outbound out;
    inbound in;
    std::deque<downstream_message> down;
    std::vector<upstream_message> up;
    std::vector<std::uint32_t> sent;      ///< chunks put, in order
    std::vector<std::uint32_t> received;  ///< chunks taken, in order
    edge_count told;                      ///< the last limit the reader made
    std::uint32_t ends = 0;
    std::uint32_t weight_down = 1;
    std::uint32_t weight_up = 1;
    bool opened = false;
  };
  struct stage_state {
    model_stage about;
    std::vector<edge_id> inputs;
    std::vector<edge_id> outputs;
    input_turn turn;
    stage_ledger ledger;
    std::vector<chunk_ptr> held;
    std::uint32_t zip_input = 0;  ///< which input it reads
    std::uint32_t zip_taken = 0;  ///< how many of that it has
    std::uint64_t calls = 0;
    std::uint32_t weight = 1;
    bool closed = false;
  };
  struct action {
    enum class kind : std::uint8_t { open, down, up, call } what;
    std::uint32_t number;
    std::uint32_t weight;
  };

  const std::vector<action>& possible();
  void perform(const action& what);
  void deliver_down(edge_id edge);
  void deliver_up(edge_id edge);
  void disturb();
  bool can_call(const stage_state& stage) const;
  void call(std::uint32_t number);
  void call_source(stage_state& stage, std::uint32_t number);
  void process(stage_state& stage, std::uint32_t input, const edge_item& item);
  void emit(stage_state& stage, const edge_item& item);
  void release_held(stage_state& stage);
  void close(stage_state& stage);
  void depart(edge_id edge);
  void tell_kept_back(stage_state& stage);
  void tell_limit(edge_id edge, edge_count limit, bool first);
  std::optional<std::uint32_t> next_input(stage_state& stage);
  bool all_outputs_stopped(const stage_state& stage) const;
  stage_wait wait_of(const stage_state& stage) const;
  bool has_ended(const stage_state& stage) const;

  void check(const action& done);
  void check_edge(edge_id number);
  void check_balance();
  void violate(edge_id edge, const std::string& what);

  std::vector<edge_state> edges_;
  std::vector<stage_state> stages_;
  std::vector<action> actions_;  ///< of this step
  random_source random_;
  std::string violation_;
};

}  // namespace weir::testing
