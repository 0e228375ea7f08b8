#include "tests/support/random_stages.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "runtime/data/column_builder.hpp"

namespace weir::testing {
namespace {

template <class Kind, class Stage, class... Arguments>
std::function<configured_stage::instance()> maker(Arguments... arguments) {
  return [=]() -> configured_stage::instance {
    return std::unique_ptr<Kind>(std::make_unique<Stage>(arguments...));
  };
}

// The records of a chunk for whose number `wanted` says so.
template <class Wanted>
chunk_ptr only(const chunk_ptr& from, Wanted wanted) {
  const column& n = *from->find("n");
  std::vector<std::uint32_t> rows;
  from->each_row([&](std::uint32_t row) {
    if (wanted(n.int64s()[row])) rows.push_back(row);
  });
  return select(from, std::move(rows));
}

class restless final : public source {
 public:
  restless(std::uint64_t count, std::uint32_t chunk, bool blocking)
      : left_(count), chunk_(chunk), blocking_(blocking) {}
  bool blocks() const override { return blocking_; }
  result<void> open(context& of) override {
    context_ = &of;
    waker_ = of.waker();
    return {};
  }
  stage_answer pull(outlet& out) override {
    const auto choice = context_->random().below(8);
    if (choice == 0) {
      waker_.wake();
      return answer::wait;
    }
    if (choice == 1) out.pass(0, {mark::kind::flush});
    const auto now = static_cast<std::uint32_t>(std::min<std::uint64_t>(chunk_, left_));
    if (now > 0) out.emit(numbers_chunk(next_, now));
    next_ += now;
    left_ -= now;
    return left_ == 0 ? answer::end : answer::more;
  }

 private:
  std::uint64_t left_;
  std::uint32_t chunk_;
  bool blocking_;
  std::int64_t next_ = 0;
  context* context_ = nullptr;
  class waker waker_;
};

class passing final : public transform {
 public:
  explicit passing(bool blocking) : blocking_(blocking) {}
  bool blocks() const override { return blocking_; }
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    out.emit(records);
    return answer::wait;
  }

 private:
  bool blocking_;
};

class leaving_out final : public transform {
 public:
  explicit leaving_out(std::int64_t of) : of_(of) {}
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    out.emit(only(records, [this](std::int64_t n) { return n % of_ != 0; }));
    return answer::wait;
  }

 private:
  std::int64_t of_;
};

class refusing final : public transform {
 public:
  explicit refusing(std::int64_t of) : of_(of) {}
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    const column& n = *records->find("n");
    records->each_row([&](std::uint32_t row) {
      if (n.int64s()[row] % of_ == 0) out.reject(*records, row, "multiple", "a multiple");
    });
    out.emit(only(records, [this](std::int64_t value) { return value % of_ != 0; }));
    return answer::wait;
  }

 private:
  std::int64_t of_;
};

class multiplying final : public transform {
 public:
  explicit multiplying(std::uint32_t times) : times_(times) {}
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    numbers_ = numbers_in(*records);
    at_ = 0;
    return resume(out);
  }
  // A number a call, so that order is kept and calls are many.
  stage_answer resume(outlet& out) override {
    if (at_ == numbers_.size()) return answer::wait;
    for (std::uint32_t i = 0; i < times_; ++i) out.emit(numbers_chunk(numbers_[at_], 1));
    return ++at_ < numbers_.size() ? answer::more : answer::wait;
  }

 private:
  std::uint32_t times_;
  std::vector<std::int64_t> numbers_;
  std::size_t at_ = 0;
};

class splitting final : public transform {
 public:
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    out.emit(0, only(records, [](std::int64_t n) { return n % 2 == 0; }));
    out.emit(1, only(records, [](std::int64_t n) { return n % 2 != 0; }));
    return answer::wait;
  }
};

class adding final : public transform {
 public:
  stage_answer process(port_number port, const chunk_ptr& records, outlet& out) override {
    for (const auto n : numbers_in(*records)) waiting_[port].push_back(n);
    column_builder sums;
    for (; !waiting_[0].empty() && !waiting_[1].empty(); waiting_[1].pop_front()) {
      sums.append_int64(31 * waiting_[0].front() + waiting_[1].front());
      waiting_[0].pop_front();
    }
    if (sums.size() > 0) {
      chunk::parts parts{.columns_schema = std::make_shared<const schema>(
                             std::vector<field>{{"n", column_type::int64}})};
      parts.rows = static_cast<std::uint32_t>(sums.size());
      parts.columns.push_back(sums.finish());
      out.emit(make_chunk(std::move(parts)));
    }
    return given();
  }
  stage_answer finish(port_number port, outlet&) override {
    ended_[port] = true;
    return given();
  }
  port_number next_input() const override {
    return waiting_[0].size() <= waiting_[1].size() ? 0 : 1;
  }

 private:
  answer given() const {
    const bool over = (ended_[0] && waiting_[0].empty()) || (ended_[1] && waiting_[1].empty());
    return over ? answer::end : answer::wait;
  }
  std::deque<std::int64_t> waiting_[2];
  bool ended_[2] = {false, false};
};

// Writes of each chunk how many numbers it has; `fails_at`: but not of the chunk with that one.
class counting_ahead final : public transform {
 public:
  explicit counting_ahead(std::int64_t fails_at) : fails_at_(fails_at) {}
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    for (const auto n : numbers_in(*records))
      if (n == fails_at_) return failure("no-text", "the number has no text");
    chunk::parts parts = records->all();
    auto text = std::make_shared<text_buffer>();
    *text += std::to_string(records->size());
    parts.prepared = std::move(text);
    out.emit(make_chunk(std::move(parts)));
    return answer::wait;
  }

 private:
  std::int64_t fails_at_;
};

class hooked final : public sink {
 public:
  hooked(std::shared_ptr<collected> into, std::size_t number, chunk_hook hook)
      : into_(std::move(into)), number_(number), hook_(std::move(hook)) {}
  stage_answer consume(const chunk_ptr& records, outlet&) override {
    if (hook_)
      if (auto told = hook_(number_); !told) return failure(told.error());
    if (records->prepared() && !has_count(*records)) return failure("not-its-count", "of others");
    into_->add(*records);
    return answer::wait;
  }

 private:
  std::shared_ptr<collected> into_;
  std::size_t number_;
  chunk_hook hook_;
};

// Keeps nothing from chunk to chunk.
void share(made_stage& made) {
  made.never_waits = made.cheap = true;
  made.workers_most = 8;
  made.failed = after_failure::goes_on;
}

}  // namespace

made_stage restless_source(std::uint64_t count, std::uint32_t chunk, bool blocking) {
  made_stage made{.name = "source", .kind = stage_kind::source};
  made.make = maker<source, restless>(count, chunk, blocking);
  made.never_waits = !blocking;
  return made;
}

made_stage passing_stage(bool blocking) {
  made_stage made{.name = blocking ? "pass_blocking" : "pass"};
  made.make = maker<transform, passing>(blocking);
  made.never_waits = made.cheap = !blocking;
  made.workers_most = blocking ? 1 : 8;
  made.failed = after_failure::goes_on;
  return made;
}

made_stage leaving_out_stage(std::int64_t of) {
  made_stage made{.name = "leave_out", .ledger = ledger_kind::filters};
  made.make = maker<transform, leaving_out>(of);
  share(made);
  return made;
}

made_stage refusing_stage(std::int64_t of) {
  made_stage made{.name = "refuse"};
  made.make = maker<transform, refusing>(of);
  share(made);
  return made;
}

made_stage multiplying_stage(std::uint32_t times) {
  made_stage made{.name = "multiply", .ledger = ledger_kind::creates};
  made.make = maker<transform, multiplying>(times);
  share(made);
  made.failed = after_failure::loses_state;  // what it has not given of a chunk
  return made;
}

made_stage splitting_stage() {
  made_stage made{.name = "split", .outputs = {"even", "odd"}};
  made.make = maker<transform, splitting>();
  share(made);
  return made;
}

made_stage adding_stage() {
  made_stage made{.name = "add",
                  .inputs = {"left", "right"},
                  .ledger = ledger_kind::filters,
                  .order = input_order::all};
  made.make = maker<transform, adding>();
  made.never_waits = made.cheap = true;
  return made;
}

made_stage hooked_sink(std::shared_ptr<collected> into, std::size_t number, chunk_hook hook) {
  made_stage made{.name = "sink", .kind = stage_kind::sink};
  made.make = maker<sink, hooked>(std::move(into), number, std::move(hook));
  made.failed = after_failure::goes_on;
  made.never_waits = made.cheap = true;
  made.make_prepared = [make = made.make](unsigned workers) {
    return counted_ahead(make(), workers);
  };
  return made;
}

std::vector<configured_stage::instance> counted_ahead(configured_stage::instance of,
                                                      unsigned workers, std::int64_t fails_at) {
  std::vector<configured_stage::instance> all;
  all.push_back(std::move(of));
  for (unsigned worker = 0; worker < workers; ++worker)
    all.push_back(maker<transform, counting_ahead>(fails_at)());
  return all;
}

bool has_count(const chunk& records) {
  return records.prepared() && records.prepared()->view() == std::to_string(records.size());
}

}  // namespace weir::testing
