#include "tests/support/number_stages.hpp"

#include <algorithm>
#include <deque>

#include "runtime/base/check.hpp"
#include "runtime/data/column_builder.hpp"
#include "tests/support/hang_limit.hpp"

namespace weir::testing {
namespace {

template <class Kind, class Stage, class... Arguments>
std::function<configured_stage::instance()> maker(Arguments... arguments) {
  return [=]() -> configured_stage::instance {
    return std::unique_ptr<Kind>(std::make_unique<Stage>(arguments...));
  };
}

class numbers final : public source {
 public:
  numbers(std::uint64_t count, std::uint32_t chunk, std::shared_ptr<std::uint64_t> pulled)
      : count_(count), chunk_(chunk), pulled_(std::move(pulled)) {}

  stage_answer pull(outlet& out) override {
    std::uint32_t now = chunk_;
    if (count_ > 0) now = static_cast<std::uint32_t>(std::min<std::uint64_t>(now, count_ - next_));
    if (now > 0) out.emit(numbers_chunk(static_cast<std::int64_t>(next_), now));
    next_ += now;
    if (pulled_) *pulled_ += now;
    return count_ > 0 && next_ == count_ ? answer::end : answer::more;
  }

 private:
  std::uint64_t count_;
  std::uint32_t chunk_;
  std::shared_ptr<std::uint64_t> pulled_;
  std::uint64_t next_ = 0;
};

class pass final : public transform {
 public:
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    out.emit(records);
    return answer::wait;
  }
};

class first final : public transform {
 public:
  explicit first(std::uint64_t count) : left_(count) {}
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    const auto taken = static_cast<std::uint32_t>(std::min<std::uint64_t>(left_, records->size()));
    out.emit(slice(records, 0, taken));
    left_ -= taken;
    return left_ == 0 ? answer::end : answer::wait;
  }

 private:
  std::uint64_t left_;
};

class holding final : public transform {
 public:
  explicit holding(std::uint32_t chunks) : most_(chunks) {}
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    held_.push_back(records);
    if (held_.size() >= most_) let_go(out);
    return answer::wait;
  }
  stage_answer finish(port_number, outlet& out) override {
    let_go(out);
    return answer::wait;
  }

 private:
  void let_go(outlet& out) {
    for (auto& chunk : held_) out.emit(std::move(chunk));
    held_.clear();
  }
  std::uint32_t most_;
  std::deque<chunk_ptr> held_;
};

class pairing final : public transform {
 public:
  stage_answer process(port_number port, const chunk_ptr& records, outlet& out) override {
    waiting_[port].push_back(records);
    while (!waiting_[0].empty() && !waiting_[1].empty()) {
      WEIR_CHECK(numbers_in(*waiting_[0].front()) == numbers_in(*waiting_[1].front()),
                 "two ways of one chunk did not stay together");
      out.emit(waiting_[0].front());
      waiting_[0].pop_front();
      waiting_[1].pop_front();
    }
    return answer::wait;
  }
  port_number next_input() const override {
    return waiting_[0].size() <= waiting_[1].size() ? 0 : 1;
  }

 private:
  std::deque<chunk_ptr> waiting_[2];
};

class collecting final : public sink {
 public:
  explicit collecting(std::shared_ptr<collected> into) : into_(std::move(into)) {}
  stage_answer consume(const chunk_ptr& records, outlet&) override {
    into_->add(*records);
    return answer::wait;
  }
  stage_answer on_mark(mark what, outlet&) override {
    into_->add_mark(what);
    return answer::wait;
  }

 private:
  std::shared_ptr<collected> into_;
};

class ignoring final : public sink {
 public:
  stage_answer consume(const chunk_ptr&, outlet&) override { return answer::wait; }
};

}  // namespace

chunk_ptr numbers_chunk(std::int64_t first, std::uint32_t count) {
  column_builder n(count);
  for (std::uint32_t i = 0; i < count; ++i) n.append_int64(first + i);
  chunk::parts parts{.columns_schema = std::make_shared<const schema>(
                         std::vector<field>{{"n", column_type::int64}})};
  parts.columns.push_back(n.finish());
  parts.rows = count;
  return make_chunk(std::move(parts));
}

std::vector<std::int64_t> numbers_in(const chunk& from) {
  std::vector<std::int64_t> values;
  const column* n = from.find("n");
  from.each_row([&](std::uint32_t row) { values.push_back(n->int64s()[row]); });
  return values;
}

void collected::add(const chunk& records) {
  {
    const std::lock_guard held(lock_);
    for (const auto n : numbers_in(records)) numbers_.push_back(n);
  }
  changed_.notify_all();
}

bool collected::wait_for(std::size_t numbers) {
  std::unique_lock held(lock_);
  return changed_.wait_for(held, hang_limit, [&] { return numbers_.size() >= numbers; });
}

void collected::add_mark(mark what) {
  const std::lock_guard held(lock_);
  marks_.push_back(what);
}

std::uint64_t collected::marks(mark::kind what) const {
  const std::lock_guard held(lock_);
  return static_cast<std::uint64_t>(std::count(marks_.begin(), marks_.end(), mark{what}));
}

std::vector<std::int64_t> collected::numbers() const {
  const std::lock_guard held(lock_);
  return numbers_;
}

made_stage numbers_source(std::uint64_t count, std::uint32_t chunk,
                          std::shared_ptr<std::uint64_t> pulled) {
  made_stage made{.name = "numbers", .kind = stage_kind::source};
  made.make = maker<source, numbers>(count, chunk, std::move(pulled));
  return made;
}

made_stage pass_stage(const char* name) {
  made_stage made{.name = name};
  made.make = maker<transform, pass>();
  return made;
}

made_stage first_stage(std::uint64_t count) {
  made_stage made{.name = "first", .ledger = ledger_kind::filters};
  made.make = maker<transform, first>(count);
  return made;
}

made_stage holding_stage(std::uint32_t chunks, bool told) {
  made_stage made{.name = "hold"};
  // One that keeps its plan in the dark still must not be taken for one that holds nothing.
  made.hold = hold_bound::chunks(told ? chunks : 0);
  made.make = maker<transform, holding>(chunks);
  return made;
}

made_stage pairing_stage() {
  made_stage made{.name = "pair", .inputs = {"left", "right"}, .order = input_order::all};
  made.make = maker<transform, pairing>();
  return made;
}

made_stage collecting_sink(std::shared_ptr<collected> into, const char* name) {
  made_stage made{.name = name, .kind = stage_kind::sink};
  made.make = maker<sink, collecting>(std::move(into));
  return made;
}

made_stage ignoring_sink(const char* name) {
  made_stage made{.name = name, .kind = stage_kind::sink};
  made.make = maker<sink, ignoring>();
  return made;
}

}  // namespace weir::testing
