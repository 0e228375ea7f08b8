#include "tests/support/stage_run.hpp"

#include <doctest/doctest.h>

#include <numeric>

namespace weir::testing {
namespace {

// More calls of `resume` in a row than any test needs: a stage that never stops saying `more`.
constexpr int resumes_max = 10'000;

std::vector<column_demand> filled(std::vector<column_demand> demands, std::size_t ports) {
  while (demands.size() < ports) demands.push_back(column_demand::everything());
  return demands;
}

std::vector<known_columns> filled(std::vector<known_columns> known, std::size_t ports) {
  known.resize(ports);
  return known;
}

}  // namespace

stage_run::stage_run(const stage_type& type, const configured_stage& configured, run_setup setup)
    : type_(type),
      instance_(configured.make()),
      out_(static_cast<port_number>(configured.outputs().size()), setup.tight),
      context_(setup.seed, setup.memory,
               filled(std::move(setup.demands), configured.outputs().size()),
               filled(std::move(setup.known), configured.inputs().size())),
      received_(configured.inputs().size()) {}

stage_run::~stage_run() { close(); }

stage& stage_run::any() const {
  return std::visit([](const auto& s) -> stage& { return *s; }, instance_);
}

bool stage_run::blocks() const { return any().blocks(); }

port_number stage_run::next_input() const {
  return std::get<std::unique_ptr<transform>>(instance_)->next_input();
}

result<void> stage_run::open() {
  is_open_ = true;
  return any().open(context_);
}

void stage_run::close() {
  if (is_open_) any().close();
  is_open_ = false;
}

result<void> stage_run::settle(outcome how) {
  close();
  return std::get<std::unique_ptr<sink>>(instance_)->settle(how);
}

stage_answer stage_run::note(stage_answer said) {
  if (!said || *said == answer::end) ended_ = true;
  return said;
}

stage_answer stage_run::call(const std::function<stage_answer()>& what) {
  REQUIRE_MESSAGE(is_open_, "a call of a stage that is not open");
  REQUIRE_MESSAGE(!ended_, "a call of a stage that is at its end");
  context_.take_wake_time();
  out_.begin_call();
  auto said = what();
  out_.end_call();
  return note(std::move(said));
}

stage_answer stage_run::call_again() {
  return call([&]() -> stage_answer {
    if (auto* t = std::get_if<std::unique_ptr<transform>>(&instance_)) return (*t)->resume(out_);
    if (auto* s = std::get_if<std::unique_ptr<sink>>(&instance_)) return (*s)->resume(out_);
    return std::get<std::unique_ptr<source>>(instance_)->pull(out_);
  });
}

// Calls again for as long as the stage says `more`.
stage_answer stage_run::go_on(stage_answer said) {
  for (int resumes = 0; said && *said == answer::more; ++resumes) {
    if (resumes == resumes_max) FAIL("a stage answers 'more' without end");
    said = call_again();
  }
  return said;
}

stage_answer stage_run::give(chunk_ptr records, port_number port) {
  received_.at(port) += records->size();
  auto said = call([&] {
    if (auto* t = std::get_if<std::unique_ptr<transform>>(&instance_))
      return (*t)->process(port, records, out_);
    return std::get<std::unique_ptr<sink>>(instance_)->consume(records, out_);
  });
  return go_on(std::move(said));
}

stage_answer stage_run::give(mark what, port_number port) {
  auto said = call([&] {
    if (auto* t = std::get_if<std::unique_ptr<transform>>(&instance_))
      return (*t)->on_mark(port, what, out_);
    return std::get<std::unique_ptr<sink>>(instance_)->on_mark(what, out_);
  });
  return go_on(std::move(said));
}

stage_answer stage_run::finish(port_number port) {
  auto said = call([&]() -> stage_answer {
    if (auto* t = std::get_if<std::unique_ptr<transform>>(&instance_))
      return (*t)->finish(port, out_);
    const auto flushed = std::get<std::unique_ptr<sink>>(instance_)->flush();
    if (!flushed) return failure(flushed.error());
    return answer::wait;
  });
  return go_on(std::move(said));
}

stage_answer stage_run::pull() {
  auto said = call_again();
  if (said && *said == answer::wait && !context_.stopping())
    CHECK_MESSAGE((context_.wake_time() || context_.gave_waker()),
                  "a source waits without a time or a waker");
  return said;
}

stage_answer stage_run::advance(nanoseconds by) {
  const time_point until = context_.now() + by;
  stage_answer said = answer::wait;
  while (!ended_ && context_.wake_time() && *context_.wake_time() <= until) {
    context_.time().advance(std::max(nanoseconds(0), *context_.wake_time() - context_.now()));
    do said = call_again();
    while (said && *said == answer::more);
  }
  context_.time().advance(until - context_.now());
  return said;
}

record_list stage_run::sent(port_number port) const {
  record_list all;
  for (const auto& c : out_.port(port).chunks)
    for (auto& record : records_of(*c)) all.push_back(std::move(record));
  return all;
}

void stage_run::check_ledger() const {
  if (type_.kind == stage_kind::source) return;
  const auto received = std::accumulate(received_.begin(), received_.end(), std::uint64_t{0});
  const auto rejected = out_.rejected().size();
  // A stage with numbered inputs makes one record of one from each.
  const auto sent = out_.records_sent() * (type_.numbered_inputs ? received_.size() : 1);
  CHECK_MESSAGE(rejected <= received, type_.name, " rejects more records than it received");
  if (type_.kind == stage_kind::sink || type_.ledger == ledger_kind::creates) return;
  CHECK_MESSAGE(sent + rejected <= received, type_.name, " sends more records than it received");
  if (type_.ledger == ledger_kind::passes && !ended_)
    CHECK_MESSAGE(sent + rejected == received, type_.name,
                  " loses records and does not declare that it filters");
}

}  // namespace weir::testing
