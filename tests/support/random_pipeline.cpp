#include "tests/support/random_pipeline.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>
#include <utility>

#include "runtime/base/random.hpp"
#include "tests/support/random_stages.hpp"

namespace weir::testing {
namespace {

using numbers = std::vector<std::int64_t>;

// As many instances as a stage can have are opened as the run starts, where no failure is forgiven.
constexpr unsigned opens_at_start = 8;

// An output port and what must come out of it.
struct stream {
  std::uint32_t stage = 0;
  port_number port = 0;
  numbers values;
  bool ordered = true;
  // Every record of its source is still there, so that another such stream keeps pace with it.
  bool plain = true;
  bool whole = true;  // no stage above skips what it fails on
  std::set<std::uint32_t> sources;
  bool read = false;
};

class maker {
 public:
  maker(std::uint64_t seed, chunk_hook hook, bool fails)
      : random_(seed), faults_(~seed), fails_(fails), hook_(std::move(hook)) {}

  random_pipeline make() {
    const auto sources = 1 + random_.below(3);
    const auto stages = random_.below(9);
    for (std::uint32_t i = 0; i < sources; ++i) add_source();
    for (std::uint32_t i = 0; i < stages; ++i) add_transform();
    add_sinks();
    out_.what = build_.finish();
    return std::move(out_);
  }

 private:
  bool one_in(std::uint32_t count) { return random_.below(count) == 0; }

  std::uint32_t add(made_stage stage) {
    stage.name += "_" + std::to_string(stages_++);
    const std::uint32_t chunks[] = {1, 1, 2, 3, 8};
    const std::uint64_t bytes[] = {1, 100, 8 << 20, 8 << 20};
    stage.credit = {chunks[random_.below(5)], {bytes[random_.below(4)]}};
    if (one_in(3)) stage.never_waits = false;
    if (stage.workers_most > 1 && one_in(3)) stage.workers = 1 + random_.below(4);
    if (fails_ && stage.failed != after_failure::loses_state) stage = failing(std::move(stage));
    out_.text += (out_.text.empty() ? "" : ", ") + stage.name + " (" +
                 std::to_string(stage.credit.chunks) + (stage.never_waits ? ", fused" : "") +
                 (stage.workers ? ", workers " + std::to_string(*stage.workers) : "") +
                 (stage.on_failure.action == failure_action::restart ? ", restarts" : "") +
                 (stage.on_failure.action == failure_action::skip ? ", skips" : "") +
                 (stage.on_failure.action == failure_action::isolate ? ", isolated" : "") + ")";
    return build_.add(std::move(stage));
  }

  failure_action some_action() {
    const auto choice = faults_.below(8);
    return choice == 0   ? failure_action::isolate
           : choice <= 2 ? failure_action::skip
                         : failure_action::restart;
  }

  // Some calls of it fail, one in so many.
  made_stage failing(made_stage stage) {
    const auto one_of = 2 + faults_.below(30);
    if (faults_.below(3) == 0) return stage;
    stage.on_failure = quick(some_action());
    last_skips_ = stage.on_failure.action != failure_action::restart;
    if (stage.on_failure.action == failure_action::isolate) out_.takes_all = false;
    out_.skips = out_.skips || last_skips_;
    out_.faulty.push_back(std::make_shared<faults>(
        [one_of, chance = random_source(faults_.next())](const std::string& call, const numbers& on,
                                                         unsigned before) mutable {
          const bool on_records = call == "process" || call == "consume";
          if (call == "close" || (call == "open" && before < opens_at_start)) return false;
          if (on_records && on.size() < 2) return false;
          return chance.below(one_of) == 0;
        }));
    return with_faults(std::move(stage), out_.faulty.back());
  }

  void add_source() {
    const auto count = random_.below(5) == 0 ? random_.below(3) : random_.below(150);
    stream made;
    made.stage = add(restless_source(count, 1 + random_.below(12), one_in(6)));
    made.values.resize(count);
    std::iota(made.values.begin(), made.values.end(), 0);
    made.sources = {made.stage};
    streams_.push_back(std::move(made));
  }

  // Some stream, which others may read as well.
  stream& some() {
    // Mostly one that nobody reads yet.
    for (int tries = 0; tries < 3; ++tries) {
      stream& one = streams_[random_.below(static_cast<std::uint32_t>(streams_.size()))];
      if (!one.read || tries == 2) return one;
    }
    return streams_.front();
  }
  void read(stream& from, std::uint32_t by, port_number port = 0) {
    from.read = true;
    build_.connect(from.stage, by, from.port, port);
    out_.text += " <- " + std::to_string(from.stage) + "." + std::to_string(from.port);
  }

  void add_transform() {
    switch (random_.below(9)) {
      case 0:
        return add_one(passing_stage(one_in(4)), true, [](numbers in) { return in; });
      case 1: {
        const auto of = 2 + random_.below(3);
        return add_one(leaving_out_stage(of), false, [of](numbers in) {
          std::erase_if(in, [of](std::int64_t n) { return n % of == 0; });
          return in;
        });
      }
      case 2: {
        const auto of = 2 + random_.below(3);
        return add_one(refusing_stage(of), false, [of](numbers in) {
          std::erase_if(in, [of](std::int64_t n) { return n % of == 0; });
          return in;
        });
      }
      case 3: {
        const auto times = 1 + random_.below(3);
        return add_one(multiplying_stage(times), false, [times](const numbers& in) {
          numbers all;
          for (const auto n : in)
            for (std::uint32_t i = 0; i < times; ++i) all.push_back(n);
          return all;
        });
      }
      case 4:
        return add_one(fused(holding_stage(1 + random_.below(4))), true,
                       [](numbers in) { return in; });
      case 5:
        return add_head();
      case 6:
        return add_split();
      case 7:
        return add_merged();
      default:
        return add_sum();
    }
  }

  template <class Effect>
  void add_one(made_stage stage, bool plain, Effect effect) {
    stream& from = some();
    stream made = from;
    made.values = effect(from.values);
    made.plain = from.plain && plain;
    made.port = 0;
    made.read = false;
    made.stage = add(std::move(stage));
    note_skips(made);
    read(from, made.stage);
    streams_.push_back(std::move(made));
  }

  // Of what a stage gives that skips some is missing.
  void note_skips(stream& given) {
    given.whole = given.whole && !std::exchange(last_skips_, false);
    given.plain = given.plain && given.whole;
  }

  // Which records a head takes is known where the order is.
  void add_head() {
    stream& from = some();
    if (!from.ordered || !from.whole) return;
    const std::size_t most = 1 + random_.below(40);
    stream made = from;
    made.values.resize(std::min(made.values.size(), most));
    made.plain = false;
    made.port = 0;
    made.read = false;
    made.stage = add(fused(first_stage(most)));
    read(from, made.stage);
    out_.takes_all = false;
    streams_.push_back(std::move(made));
  }

  void add_split() {
    stream& from = some();
    stream even = from;
    even.plain = even.read = false;
    stream odd = even;
    std::erase_if(even.values, [](std::int64_t n) { return n % 2 != 0; });
    std::erase_if(odd.values, [](std::int64_t n) { return n % 2 == 0; });
    even.stage = odd.stage = add(splitting_stage());
    note_skips(even);
    odd.whole = even.whole;
    even.port = 0;
    odd.port = 1;
    read(from, even.stage);
    streams_.push_back(std::move(even));
    streams_.push_back(std::move(odd));
  }

  void add_merged() {
    stream& a = some();
    stream& b = some();
    stream made = a;
    made.values.insert(made.values.end(), b.values.begin(), b.values.end());
    made.sources.insert(b.sources.begin(), b.sources.end());
    made.ordered = made.plain = made.read = false;
    made.port = 0;
    made.whole = a.whole && b.whole;
    made.stage = add(passing_stage(false));
    note_skips(made);
    read(a, made.stage);
    read(b, made.stage);
    streams_.push_back(std::move(made));
  }

  // Two streams that keep pace, or that have nothing to do with each other.
  void add_sum() {
    stream& a = some();
    stream& b = some();
    if (!a.ordered || !b.ordered || !a.whole || !b.whole) return;
    std::set<std::uint32_t> common;
    std::set_intersection(a.sources.begin(), a.sources.end(), b.sources.begin(), b.sources.end(),
                          std::inserter(common, common.end()));
    if (!common.empty() && !(a.plain && b.plain)) return;
    stream made;
    const auto count = std::min(a.values.size(), b.values.size());
    for (std::size_t i = 0; i < count; ++i) made.values.push_back(31 * a.values[i] + b.values[i]);
    // Two sources that are drained need not have come equally far.
    if (a.values.size() != b.values.size() || common.empty()) out_.takes_all = false;
    made.sources = a.sources;
    made.sources.insert(b.sources.begin(), b.sources.end());
    made.plain = false;
    made.stage = add(adding_stage());
    read(a, made.stage, 0);
    read(b, made.stage, 1);
    streams_.push_back(std::move(made));
  }

  random_pipeline::sink& add_sink(const stream& expected) {
    random_pipeline::sink made;
    made.got = std::make_shared<collected>();
    made.expected = expected.values;
    made.ordered = expected.ordered;
    out_.sinks.push_back(std::move(made));
    return out_.sinks.back();
  }

  void add_sinks() {
    // Sinks do not add streams, so that the references stay.
    for (stream& from : streams_) {
      const bool dropping = one_in(10);
      if (from.read && !dropping && !one_in(8)) continue;
      if (!from.read && one_in(10)) continue;  // an output that nobody reads
      auto& into = add_sink(from);
      auto stage = hooked_sink(into.got, out_.sinks.size() - 1, hook_);
      if (dropping) stage.full = one_in(2) ? when_full::drop_newest : when_full::drop_oldest;
      into.drops = dropping;
      into.name = "sink_" + std::to_string(stages_);
      const auto number = add(std::move(stage));
      into.skips = std::exchange(last_skips_, false) || !from.whole;
      read(from, number);
      if (dropping || !one_in(6)) continue;
      stream& other = some();
      into.skips = into.skips || !other.whole;
      into.expected.insert(into.expected.end(), other.values.begin(), other.values.end());
      into.ordered = false;
      read(other, number);
    }
  }

  random_source random_;
  random_source faults_;  // of its own, so that what fails does not change the graph
  bool fails_;
  bool last_skips_ = false;
  chunk_hook hook_;
  graph_builder build_{"random"};
  std::size_t stages_ = 0;
  std::vector<stream> streams_;
  random_pipeline out_;
};

}  // namespace

random_pipeline make_random_pipeline(std::uint64_t seed, chunk_hook hook) {
  return maker(seed, std::move(hook), false).make();
}

random_pipeline make_failing_pipeline(std::uint64_t seed, chunk_hook hook) {
  return maker(seed, std::move(hook), true).make();
}

}  // namespace weir::testing
