#include "tests/support/watched_stages.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>
#include <utility>

#include "tests/support/number_stages.hpp"

namespace weir::testing {
namespace {

// What is common to the three kinds.
template <class Kind>
class watched : public Kind {
 public:
  watched(std::string name, std::shared_ptr<watch> by, bool blocking)
      : name_(std::move(name)), by_(std::move(by)), blocking_(blocking) {}

  bool blocks() const override { return blocking_; }
  result<void> open(context& of) override {
    context_ = &of;
    return by_->begins(name_, "open");
  }
  void close() override {
    if (auto told = by_->begins(name_, "close"); !told) throw std::logic_error(told.error().text);
    if (context_->stopping()) throw std::runtime_error("a second cause");
  }

 protected:
  stage_answer call(const char* what, answer given) {
    if (auto told = by_->begins(name_, what); !told) return failure(told.error());
    return given;
  }

  std::string name_;
  std::shared_ptr<watch> by_;
  chunk_ptr last_;

 private:
  bool blocking_;
  context* context_ = nullptr;
};

class source_watched final : public watched<source> {
 public:
  source_watched(std::shared_ptr<watch> by, bool blocking, unsigned chunks)
      : watched("source", std::move(by), blocking), left_(chunks) {}

  stage_answer pull(outlet& out) override {
    last_ = numbers_chunk(0, 3);
    by_->made(last_);
    out.emit(last_);
    out.pass(0, {mark::kind::flush});
    return call("pull", --left_ == 0 ? answer::end : answer::more);
  }

 private:
  unsigned left_;
};

class transform_watched final : public watched<transform> {
 public:
  using watched::watched;

  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    last_ = records;
    out.emit(records);
    return call("process", answer::more);
  }
  stage_answer resume(outlet&) override { return call("resume", answer::wait); }
  stage_answer on_mark(port_number port, mark what, outlet& out) override {
    auto given = call("on_mark", answer::more);
    return given ? transform::on_mark(port, what, out) : given;
  }
  stage_answer finish(port_number, outlet&) override { return call("finish", answer::more); }
};

class sink_watched final : public watched<sink> {
 public:
  using watched::watched;

  stage_answer consume(const chunk_ptr& records, outlet&) override {
    last_ = records;
    return call("consume", answer::more);
  }
  stage_answer resume(outlet&) override { return call("resume", answer::wait); }
  stage_answer on_mark(mark, outlet&) override { return call("on_mark", answer::wait); }
  result<void> flush() override { return by_->begins(name_, "flush"); }
  result<void> settle(outcome how) override {
    const char* told = how == outcome::complete  ? "complete"
                       : how == outcome::partial ? "partial"
                                                 : "failed";
    if (auto said = by_->begins(name_, told); !said) return said;
    return by_->begins(name_, "settle");
  }
};

}  // namespace

result<void> watch::begins(const std::string& stage, const std::string& call) {
  {
    const std::lock_guard held(lock_);
    entries_.push_back({stage, call});
  }
  const bool now = stage == fault_.stage && call == fault_.call && count(stage, call) == fault_.at;
  if (!now) return {};
  switch (fault_.how) {
    case failing::with_an_error:
      return failure("told", "told to fail");
    case failing::with_an_exception:
      throw std::runtime_error("told to fail");
    case failing::with_something_else:
      throw 42;
    case failing::for_lack_of_memory:
      throw std::bad_alloc();
  }
  return {};
}

void watch::made(const chunk_ptr& what) {
  const std::lock_guard held(lock_);
  chunks_.push_back(what);
}

std::vector<std::string> watch::calls(const std::string& stage) const {
  const std::lock_guard held(lock_);
  std::vector<std::string> found;
  for (const auto& e : entries_)
    if (e.stage == stage) found.push_back(e.call);
  return found;
}

std::size_t watch::count(const std::string& stage, const std::string& call) const {
  const auto all = calls(stage);
  return static_cast<std::size_t>(std::count(all.begin(), all.end(), call));
}

bool watch::all_before(const std::string& before, const std::string& after) const {
  const std::lock_guard held(lock_);
  const auto first_after = std::find_if(entries_.begin(), entries_.end(),
                                        [&](const entry& e) { return e.call == after; });
  return std::none_of(first_after, entries_.end(),
                      [&](const entry& e) { return e.call == before; });
}

std::size_t watch::chunks_alive() const {
  const std::lock_guard held(lock_);
  return static_cast<std::size_t>(
      std::count_if(chunks_.begin(), chunks_.end(), [](const auto& c) { return !c.expired(); }));
}

made_stage watched_source(std::shared_ptr<watch> by, bool blocking, unsigned chunks) {
  made_stage made{.name = "source", .kind = stage_kind::source};
  made.make = [=]() -> configured_stage::instance {
    return std::unique_ptr<source>(std::make_unique<source_watched>(by, blocking, chunks));
  };
  return made;
}

made_stage watched_transform(std::shared_ptr<watch> by, bool blocking) {
  made_stage made{.name = "transform"};
  made.make = [=]() -> configured_stage::instance {
    return std::unique_ptr<transform>(
        std::make_unique<transform_watched>("transform", by, blocking));
  };
  return made;
}

made_stage watched_sink(std::shared_ptr<watch> by, bool blocking, const char* name) {
  made_stage made{.name = name, .kind = stage_kind::sink};
  made.make = [=, called = std::string(name)]() -> configured_stage::instance {
    return std::unique_ptr<sink>(std::make_unique<sink_watched>(called, by, blocking));
  };
  return made;
}

}  // namespace weir::testing
