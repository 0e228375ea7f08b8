#include "pipelines/simulation/stage_fault.hpp"

#include <fmt/format.h>

#include "pipelines/simulation/stand_in_stage.hpp"
#include "pipelines/trial/json_line.hpp"
#include "runtime/base/text.hpp"
#include "runtime/data/records.hpp"
#include "runtime/stage/stage_access.hpp"

namespace weir {
namespace {

std::string text_at(port_number port, const chunk& from, std::uint32_t row) {
  return std::to_string(port) + " " + record_text(from, row);
}

// What stands between a stage and its calls.
class call_guard {
 public:
  virtual ~call_guard() = default;
  /// A call begins. Answers whether it is to fail.
  virtual bool begins_on(port_number port, chunk_ptr& records, outlet& out) = 0;
  virtual void has_done(port_number, const chunk_ptr&) {}
  virtual bool begins_end() { return false; }
  virtual bool begins(fault_plan::call) { return false; }
  virtual bool fails_after_work() const { return false; }
  virtual error cause() const { return {}; }
};
using guard_ptr = std::shared_ptr<call_guard>;

// Makes a call that is or is not to fail.
template <class Call>
auto guarded_call(const call_guard& by, bool fails, const Call& call) -> decltype(call()) {
  if (fails && !by.fails_after_work()) return failure(by.cause());
  auto given = call();
  if (fails) return failure(by.cause());
  return given;
}

class guarded_transform final : public transform {
 public:
  guarded_transform(std::unique_ptr<transform> of, guard_ptr by)
      : of_(std::move(of)), by_(std::move(by)) {}

  bool blocks() const override { return of_->blocks(); }
  result<void> open(context& in) override {
    stage_access::set_ports(*of_, inputs(), outputs());
    return of_->open(in);
  }
  void close() override { of_->close(); }
  stage_answer process(port_number port, const chunk_ptr& records, outlet& out) override {
    chunk_ptr left = records;
    const bool fails = by_->begins_on(port, left, out);
    if (left->size() == 0) return answer::wait;
    auto given = guarded_call(*by_, fails, [&] { return of_->process(port, left, out); });
    if (given) by_->has_done(port, records);
    return given;
  }
  stage_answer resume(outlet& out) override {
    return guarded_call(*by_, by_->begins(fault_plan::call::resume),
                        [&] { return of_->resume(out); });
  }
  stage_answer on_mark(port_number port, mark what, outlet& out) override {
    return guarded_call(*by_, by_->begins(fault_plan::call::mark),
                        [&] { return of_->on_mark(port, what, out); });
  }
  stage_answer finish(port_number port, outlet& out) override {
    return guarded_call(*by_, by_->begins_end(), [&] { return of_->finish(port, out); });
  }
  port_number next_input() const override { return of_->next_input(); }

 private:
  std::unique_ptr<transform> of_;
  guard_ptr by_;
};

class guarded_sink final : public sink {
 public:
  guarded_sink(std::unique_ptr<sink> of, guard_ptr by) : of_(std::move(of)), by_(std::move(by)) {}

  bool blocks() const override { return of_->blocks(); }
  result<void> open(context& in) override { return of_->open(in); }
  void close() override { of_->close(); }
  stage_answer consume(const chunk_ptr& records, outlet& out) override {
    chunk_ptr left = records;
    wrote_ = false;
    const bool fails = by_->begins_on(0, left, out);
    if (left->size() == 0) return answer::wait;
    auto given = guarded_call(*by_, fails, [&] {
      wrote_ = true;
      return of_->consume(left, out);
    });
    if (given) by_->has_done(0, records);
    return given;
  }
  stage_answer resume(outlet& out) override {
    wrote_ = false;
    return guarded_call(*by_, by_->begins(fault_plan::call::resume),
                        [&] { return of_->resume(out); });
  }
  stage_answer on_mark(mark what, outlet& out) override {
    wrote_ = false;
    return guarded_call(*by_, by_->begins(fault_plan::call::mark),
                        [&] { return of_->on_mark(what, out); });
  }
  result<void> flush() override {
    wrote_ = false;
    if (by_->begins_end()) return failure(by_->cause());
    return of_->flush();
  }
  result<void> roll_back() override { return wrote_ ? of_->roll_back() : result<void>(); }
  result<void> settle(outcome how) override { return of_->settle(how); }

 private:
  std::unique_ptr<sink> of_;
  guard_ptr by_;
  bool wrote_ = false;  // in the call that failed
};

class guarded_stage final : public stand_in_stage {
 public:
  guarded_stage(std::shared_ptr<const configured_stage> of, guard_ptr by)
      : stand_in_stage(std::move(of)), by_(std::move(by)) {}

  unsigned workers_most() const override { return of().workers_most(); }
  instance make() const override { return guarded(of().make()); }
  std::vector<instance> make_workers(unsigned count) const override {
    std::vector<instance> all;
    for (auto& made : of().make_workers(count)) all.push_back(guarded(std::move(made)));
    return all;
  }

 private:
  instance guarded(instance made) const {
    if (auto* inner = std::get_if<std::unique_ptr<transform>>(&made))
      return std::unique_ptr<transform>(
          std::make_unique<guarded_transform>(std::move(*inner), by_));
    return std::unique_ptr<sink>(
        std::make_unique<guarded_sink>(std::move(std::get<std::unique_ptr<sink>>(made)), by_));
  }

  guard_ptr by_;
};

void put(graph_stage& at, guard_ptr by) {
  at.configured = std::make_shared<guarded_stage>(std::move(at.configured), std::move(by));
}

class failing_guard final : public call_guard {
 public:
  explicit failing_guard(std::shared_ptr<stage_fault> by) : by_(std::move(by)) {}
  bool begins_on(port_number port, chunk_ptr& records, outlet&) override {
    return by_->begins_on(port, records);
  }
  void has_done(port_number port, const chunk_ptr& records) override {
    by_->has_done(port, records);
  }
  bool begins_end() override { return by_->begins_end(); }
  bool begins(fault_plan::call which) override { return by_->begins(which); }
  bool fails_after_work() const override { return by_->fails_after_work(); }
  error cause() const override { return by_->cause(); }

 private:
  std::shared_ptr<stage_fault> by_;
};

class watching_guard final : public call_guard {
 public:
  explicit watching_guard(std::shared_ptr<stage_traffic> to) : to_(std::move(to)) {}
  bool begins_on(port_number port, chunk_ptr& records, outlet&) override {
    records->each_row(
        [&](std::uint32_t row) { to_->texts.push_back(text_at(port, *records, row)); });
    return false;
  }
  bool begins(fault_plan::call which) override {
    ++(which == fault_plan::call::mark ? to_->marks : to_->resumes);
    return false;
  }

 private:
  std::shared_ptr<stage_traffic> to_;
};

class refusing_guard final : public call_guard {
 public:
  explicit refusing_guard(std::shared_ptr<record_counts> of) : of_(std::move(of)) {}
  bool begins_on(port_number port, chunk_ptr& records, outlet& out) override {
    std::vector<std::uint32_t> left;
    records->each_row([&](std::uint32_t row) {
      const auto found = of_->find(text_at(port, *records, row));
      if (found == of_->end() || found->second == 0) return left.push_back(row);
      --found->second;
      out.reject(*records, row, "simulated", "the simulation refused it");
    });
    if (left.size() < records->size()) records = select(records, std::move(left));
    return false;
  }

 private:
  std::shared_ptr<record_counts> of_;
};

}  // namespace

std::string record_text(const chunk& from, std::uint32_t row) {
  const auto& raw = from.raw();
  if (raw && raw->format == "ndjson") return respelled(raw->text->string(row));
  std::string text;
  append_json_record(text, from, row);
  return respelled(text);
}

stage_fault::identity stage_fault::identity_of(const chunk& records, std::uint32_t row) {
  const auto& columns = records.columns();
  if (columns.empty()) return {&records, row};
  return {columns.front().get(), row};
}

// Whether none of its records was in a call that failed, and was not handled since.
bool stage_fault::is_new(const chunk& records) const {
  return records.size() == 0 || !pending_.contains(identity_of(records, records.row_of(0)));
}

// A call that fails more than once is made again before any other.
bool stage_fault::is_due_once(bool is_reached, bool is_again) const {
  return failed_ == 0 ? is_reached : is_again && !is_over();
}

bool stage_fault::is_due(port_number port, const chunk& records, std::uint64_t before,
                         bool is_again) const {
  switch (how_.what) {
    case fault_plan::kind::never:
      return false;
    case fault_plan::kind::once:
      return is_due_once(before <= how_.at && how_.at < seen_, is_again);
    case fault_plan::kind::from_then_on:
      return how_.at < seen_;
    case fault_plan::kind::on_record: {
      bool found = false;
      records.each_row(
          [&](std::uint32_t row) { found = found || text_at(port, records, row) == how_.text; });
      return found;
    }
  }
  return false;
}

bool stage_fault::fail(const std::string& on) {
  ++failed_;
  if (tell_)
    tell_(fmt::format("the simulation has its call on {} fail{}", on,
                      how_.temporary ? " for now" : ""));
  return true;
}

error stage_fault::cause() const {
  return {"simulated",
          how_.temporary ? "a temporary failure that the simulation made"
                         : "a failure that the simulation made",
          {},
          how_.temporary};
}

bool stage_fault::begins_on(port_number port, const chunk_ptr& records) {
  if (how_.in != fault_plan::call::records) return false;
  const std::uint64_t before = seen_;
  const bool is_first = is_new(*records);
  if (is_first) seen_ += records->size();
  if (!is_due(port, *records, before, !is_first)) return false;
  if (is_first) failed_on_.push_back(records);
  records->each_row([&](std::uint32_t row) {
    const auto text = text_at(port, *records, row);
    ++touched_[text];
    if (is_first) pending_.emplace(identity_of(*records, row), text);
  });
  const auto count = records->size();
  return fail(fmt::format("{} record{}", with_thousands(count), count == 1 ? "" : "s"));
}

void stage_fault::has_done(port_number, const chunk_ptr& records) {
  if (pending_.empty()) return;
  records->each_row([&](std::uint32_t row) { pending_.erase(identity_of(*records, row)); });
}

bool stage_fault::begins_end() {
  const bool is_end = how_.at >= records_ && how_.what != fault_plan::kind::on_record;
  if (how_.what == fault_plan::kind::never || !is_end) return false;
  if (how_.in != fault_plan::call::records) return false;
  if (how_.what == fault_plan::kind::once && is_over()) return false;
  return fail("the end of its input");
}

bool stage_fault::begins(fault_plan::call which) {
  if (how_.in != which || how_.what == fault_plan::kind::never) return false;
  const std::uint64_t number = others_++;
  const bool is_due = how_.what == fault_plan::kind::once ? is_due_once(number == how_.at, true)
                                                          : number >= how_.at;
  if (!is_due) return false;
  return fail(which == fault_plan::call::mark ? "a mark" : "what it has left to give");
}

bool stage_fault::begins_pull(std::uint64_t given) {
  if (how_.what == fault_plan::kind::never || given < how_.at) return false;
  if (how_.what == fault_plan::kind::once && failed_ > 0) return false;
  return fail(
      fmt::format("what follows {} record{}", with_thousands(given), given == 1 ? "" : "s"));
}

void stage_fault::begin_again() {
  seen_ = others_ = 0;
  touched_.clear();
  pending_.clear();
  failed_on_.clear();
}

record_counts stage_fault::unhandled() const {
  record_counts all;
  for (const auto& [place, text] : pending_) ++all[text];
  return all;
}

void put_fault(graph_stage& at, std::shared_ptr<stage_fault> by) {
  put(at, std::make_shared<failing_guard>(std::move(by)));
}

void put_watch(graph_stage& at, std::shared_ptr<stage_traffic> to) {
  put(at, std::make_shared<watching_guard>(std::move(to)));
}

void put_refusal(graph_stage& at, std::shared_ptr<record_counts> of) {
  put(at, std::make_shared<refusing_guard>(std::move(of)));
}

}  // namespace weir
