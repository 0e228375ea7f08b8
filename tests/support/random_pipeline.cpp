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
  maker(std::uint64_t seed, chunk_hook hook, bool fails, const pipeline_cuts& cuts)
      : seed_(seed), fails_(fails), cuts_(cuts), hook_(std::move(hook)) {}

  random_pipeline make() {
    const auto sources = 1 + random_.below(3);
    const auto stages = random_.below(9);
    for (std::uint32_t i = 0; i < sources; ++i) add_source(i);
    for (std::uint32_t i = 0; i < stages; ++i) add_transform(first_transform + i);
    add_sinks();
    out_.what = build_.finish();
    return std::move(out_);
  }

 private:
  static constexpr std::uint32_t first_transform = 10;
  static constexpr std::uint32_t first_sink = 100;

  // Each part draws from numbers of its own, so that the others are the same without it.
  void begin_part(std::uint32_t number) {
    part_ = number;
    random_ = random_source(random_source(seed_ + number).next());
    faults_ = random_source(random_source(~seed_ - number).next());
    out_.parts.push_back(number);
  }
  bool is_left_out() const { return cuts_.without.contains(part_); }

  bool one_in(std::uint32_t count) { return random_.below(count) == 0; }

  std::uint32_t add(made_stage stage) {
    stage.name += "_" + std::to_string(stages_++);
    const std::uint32_t chunks[] = {1, 1, 2, 3, 8};
    const std::uint64_t bytes[] = {1, 100, 8 << 20, 8 << 20};
    stage.credit = {chunks[random_.below(5)], {bytes[random_.below(4)]}};
    if (one_in(3)) stage.never_waits = false;
    if (stage.workers_most > 1 && one_in(3)) stage.workers = 1 + random_.below(4);
    if (cuts_.plain.contains(part_)) {
      stage.credit = {};
      stage.never_waits = false;
      stage.workers = 1;
    }
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
    if (faults_.below(3) == 0 || cuts_.sound.contains(part_)) return stage;
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

  void add_source(std::uint32_t number) {
    begin_part(number);
    // Its readers read the first one.
    if (number > 0 && is_left_out()) return streams_.push_back(streams_.front());
    const auto drawn = random_.below(5) == 0 ? random_.below(3) : random_.below(150);
    const auto count = std::min<std::uint64_t>(drawn, cuts_.records_most);
    const auto chunk = 1 + random_.below(12);
    const bool blocks = one_in(6) && !cuts_.plain.contains(number);
    stream made;
    made.stage = add(restless_source(count, chunk, blocks));
    made.values.resize(count);
    std::iota(made.values.begin(), made.values.end(), 0);
    made.sources = {made.stage};
    streams_.push_back(std::move(made));
  }

  // Some stream, which others may read as well: mostly one that nobody reads yet.
  std::size_t some() {
    for (int tries = 0;; ++tries) {
      const std::size_t one = random_.below(static_cast<std::uint32_t>(streams_.size()));
      if (!streams_[one].read || tries == 2) return one;
    }
  }
  void read(stream& from, std::uint32_t by, port_number port = 0) {
    from.read = true;
    build_.connect(from.stage, by, from.port, port);
    out_.text += " <- " + std::to_string(from.stage) + "." + std::to_string(from.port);
  }

  void add_transform(std::uint32_t number) {
    begin_part(number);
    const auto from = some();
    const auto other = some();
    const auto kind = random_.below(9);
    // Its readers read what it would.
    if (is_left_out()) return streams_.push_back(streams_[from]);
    switch (kind) {
      case 5:
        return add_head(streams_[from]);
      case 6:
        return add_split(streams_[from]);
      case 7:
        return add_merged(streams_[from], streams_[other]);
      case 8:
        return add_sum(streams_[from], streams_[other]);
      default:
        return add_simple(kind, streams_[from]);
    }
  }

  // One input, one output.
  void add_simple(std::uint32_t kind, stream& from) {
    const bool blocks = one_in(4) && !cuts_.plain.contains(part_);
    const auto of = 2 + random_.below(3);
    const auto leave_out = [of](numbers in) {
      std::erase_if(in, [of](std::int64_t n) { return n % of == 0; });
      return in;
    };
    const auto as_it_is = [](numbers in) { return in; };
    switch (kind) {
      case 0:
        return add_one(from, passing_stage(blocks), true, as_it_is);
      case 1:
        return add_one(from, leaving_out_stage(of), false, leave_out);
      case 2:
        return add_one(from, refusing_stage(of), false, leave_out);
      case 3:
        return add_one(from, multiplying_stage(of - 1), false, [of](const numbers& in) {
          numbers all;
          for (const auto n : in)
            for (std::uint32_t i = 1; i < of; ++i) all.push_back(n);
          return all;
        });
      default:
        return add_one(from, fused(holding_stage(of - 1)), true, as_it_is);
    }
  }

  template <class Effect>
  void add_one(stream& from, made_stage stage, bool plain, Effect effect) {
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
  void add_head(stream& from) {
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

  void add_split(stream& from) {
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

  void add_merged(stream& a, stream& b) {
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
  void add_sum(stream& a, stream& b) {
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
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      begin_part(first_sink + static_cast<std::uint32_t>(i));
      stream& from = streams_[i];
      const bool dropping = one_in(10);
      if (from.read && !dropping && !one_in(8)) continue;
      if (!from.read && one_in(10)) continue;  // an output that nobody reads
      if (is_left_out()) continue;
      auto& into = add_sink(from);
      auto stage = hooked_sink(into.got, out_.sinks.size() - 1, hook_);
      if (dropping) stage.full = one_in(2) ? when_full::drop_newest : when_full::drop_oldest;
      into.drops = dropping;
      into.name = "sink_" + std::to_string(stages_);
      const auto number = add(std::move(stage));
      into.skips = std::exchange(last_skips_, false) || !from.whole;
      read(from, number);
      if (dropping || !one_in(6) || cuts_.plain.contains(part_)) continue;
      stream& other = streams_[some()];
      into.skips = into.skips || !other.whole;
      into.expected.insert(into.expected.end(), other.values.begin(), other.values.end());
      into.ordered = false;
      read(other, number);
    }
  }

  std::uint64_t seed_;
  random_source random_{seed_};
  random_source faults_{~seed_};  // of its own, so that what fails does not change the graph
  std::uint32_t part_ = 0;        // at hand
  bool fails_;
  const pipeline_cuts& cuts_;
  bool last_skips_ = false;
  chunk_hook hook_;
  graph_builder build_{"random"};
  std::size_t stages_ = 0;
  std::vector<stream> streams_;
  random_pipeline out_;
};

}  // namespace

random_pipeline make_cut_pipeline(std::uint64_t seed, bool fails, const pipeline_cuts& cuts,
                                  chunk_hook hook) {
  return maker(seed, std::move(hook), fails, cuts).make();
}

random_pipeline make_random_pipeline(std::uint64_t seed, chunk_hook hook) {
  return make_cut_pipeline(seed, false, {}, std::move(hook));
}

random_pipeline make_failing_pipeline(std::uint64_t seed, chunk_hook hook) {
  return make_cut_pipeline(seed, true, {}, std::move(hook));
}

}  // namespace weir::testing
