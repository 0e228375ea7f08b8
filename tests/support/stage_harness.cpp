#include "tests/support/stage_harness.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <tuple>

#include "actors/builtin_stages.hpp"
#include "tests/support/flow_text.hpp"

namespace weir::testing {
namespace {

constexpr std::size_t all_records = 1'000'000'000;

const stage_type& type_named(const std::string& name) {
  const auto* type = all_stages().find(name);
  if (type == nullptr) throw std::invalid_argument("there is no stage '" + name + "'");
  return *type;
}

std::vector<std::string> texts_of(problems found) {
  found.sort();
  std::vector<std::string> texts;
  for (const auto& p : found.all())
    texts.push_back(fmt::format("{}:{}: {}", p.place.line, p.place.column, p.text));
  return texts;
}

record_list piece(const record_list& of, std::size_t from, std::size_t count) {
  const auto first = of.begin() + static_cast<std::ptrdiff_t>(from);
  return {first, first + static_cast<std::ptrdiff_t>(std::min(count, of.size() - from))};
}

// The fields of all records, so that every chunk of an input is told the same types.
known_columns known_of(const record_list& in, const std::vector<field>& declared) {
  const auto all = chunk_of(in, declared);
  return {.fields = all->schema().fields(), .complete = true};
}

record_list without_unwanted(const record_list& in, const column_demand& wanted) {
  if (wanted.all || !wanted.raw_formats.empty()) return in;
  record_list out = in;
  for (auto& record : out)
    std::erase_if(record.entries, [&](const auto& e) { return !wanted.columns.contains(e.first); });
  return out;
}

std::string described(const std::vector<rejection>& list) {
  std::string text;
  for (const auto& r : list)
    text += fmt::format("\n  line {}: {}: {} {}", r.line, r.code, r.reason, to_text(r.record));
  return text;
}

// Which port a stage reads next: as it says, else one after the other.
port_number next_port(const stage_type& type, const stage_run& run, const std::vector<bool>& ended,
                      port_number last) {
  if (type.order != input_order::any) return run.next_input();
  auto port = last;
  do port = static_cast<port_number>((port + 1) % ended.size());
  while (ended[port]);
  return port;
}

}  // namespace

const registry& all_stages() {
  static const registry all(builtin_stages());
  return all;
}

std::vector<std::string> option_problems(const std::string& stage, std::string_view options,
                                         std::size_t inputs) {
  problems found;
  type_named(stage).configure(read_flow(options), inputs, found);
  return texts_of(std::move(found));
}

std::string problem_text(const std::string& stage, std::string_view options, std::size_t inputs) {
  return fmt::format("{}", fmt::join(option_problems(stage, options, inputs), "\n"));
}

stage_harness::stage_harness(const std::string& name, std::string_view options, std::size_t inputs)
    : stage_harness(type_named(name), options, inputs) {}

stage_harness::stage_harness(const stage_type& type, std::string_view options, std::size_t inputs)
    : type_(&type) {
  problems found;
  configured_ = type_->configure(read_flow(options), inputs, found);
  if (found.any_errors())
    throw std::invalid_argument(
        fmt::format("{} {}: {}", type.name, options, fmt::join(texts_of(std::move(found)), "; ")));
}

stage_harness& stage_harness::declare(std::vector<field> fields) {
  declared_ = std::move(fields);
  return *this;
}

std::unique_ptr<stage_run> stage_harness::start(run_setup setup) const {
  return std::make_unique<stage_run>(*type_, *configured_, std::move(setup));
}

record_list stage_harness::run(const record_list& in) { return run_inputs({in}); }

record_list stage_harness::run_inputs(const std::vector<record_list>& in) {
  REQUIRE_MESSAGE(in.size() == configured_->inputs().size(), "another number of inputs");
  const std::size_t longest =
      std::max_element(in.begin(), in.end(), [](const auto& a, const auto& b) {
        return a.size() < b.size();
      })->size();
  last_ = run_once(in, {all_records, layout::dense, false}, {});
  for (const std::size_t records : {std::size_t{1}, std::size_t{2}, std::size_t{7}, all_records}) {
    for (const auto form : {layout::dense, layout::copies, layout::strangers})
      for (const bool tight : {false, true}) {
        const auto again = run_once(in, {records, form, tight}, {});
        const auto how = fmt::format("chunks of {}, layout {}, tight {}", records,
                                     static_cast<int>(form), tight);
        CHECK_MESSAGE(again.ports == last_.ports, how, ": ", to_text(again.ports.front()),
                      " instead of ", to_text(last_.ports.front()));
        CHECK_MESSAGE(again.rejected == last_.rejected, how, ": rejects ",
                      described(again.rejected), " instead of ", described(last_.rejected));
      }
    if (records > longest) break;
  }
  check_demands(in, last_);
  return last_.ports.empty() ? record_list() : last_.ports.front();
}

stage_outcome stage_harness::run_once(const std::vector<record_list>& in, const cut& how,
                                      std::vector<column_demand> demands) const {
  run_setup setup;
  setup.demands = std::move(demands);
  setup.tight = how.tight;
  const auto run = start(std::move(setup));
  const auto opened = run->open();
  REQUIRE_MESSAGE(opened, "open: ", opened.error().text);
  std::vector<std::size_t> at(in.size());
  std::vector<bool> ended(in.size());
  port_number port = static_cast<port_number>(in.size() - 1);
  while (!run->ended() && std::find(ended.begin(), ended.end(), false) != ended.end()) {
    port = next_port(*type_, *run, ended, port);
    REQUIRE_MESSAGE(!ended.at(port), "the stage wants an input that has ended");
    stage_answer said = answer::wait;
    if (at[port] == in[port].size()) {
      ended[port] = true;
      said = run->finish(port);
    } else {
      const auto records = piece(in[port], at[port], how.records);
      said = run->give(chunk_of(records, declared_, how.form, at[port] + 1), port);
      at[port] += records.size();
    }
    REQUIRE_MESSAGE(said, "the stage fails: ", said.error().text);
  }
  run->check_ledger();
  check_output(in, *run);
  stage_outcome result;
  for (port_number p = 0; p < configured_->outputs().size(); ++p)
    result.ports.push_back(run->sent(p));
  result.rejected = run->out().rejected();
  if (in.size() == 1) return result;
  // Which of several inputs was refused first may depend on their chunks.
  std::stable_sort(result.rejected.begin(), result.rejected.end(),
                   [](const rejection& a, const rejection& b) {
                     return std::tie(a.line, a.code, a.reason) < std::tie(b.line, b.code, b.reason);
                   });
  return result;
}

void stage_harness::check_output(const std::vector<record_list>& in, const stage_run& done) const {
  std::vector<known_columns> known_in;
  for (const auto& list : in) known_in.push_back(known_of(list, declared_));
  for (port_number p = 0; p < configured_->outputs().size(); ++p) {
    const auto known = configured_->known(p, known_in);
    for (const auto& c : done.out().port(p).chunks) {
      std::set<std::string> names;
      for (std::size_t i = 0; i < c->columns().size(); ++i) {
        const field& f = c->schema()[i];
        CHECK_MESSAGE(names.insert(f.name).second, "two columns named ", f.name);
        const field* told = known.find(f.name);
        CHECK_MESSAGE((told != nullptr || !known.complete), "column ", f.name, " was not told of");
        if (told != nullptr && told->type != column_type::dynamic)
          CHECK_MESSAGE(f.type == told->type, "column ", f.name, " has another type than told");
        if (f.type == column_type::dynamic) continue;
        c->each_row([&](std::uint32_t row) {
          const auto kind = c->columns()[i]->at(row).kind;
          CHECK_MESSAGE((kind == value_kind::null || kind == kind_of(f.type)), "column ", f.name,
                        " of type ", name_of(f.type), " holds a ", name_of(kind));
        });
      }
      if (type_->keeps_raw) CHECK_MESSAGE(c->raw(), "raw text was lost");
      if (!c->raw()) continue;
      record_list raw;
      c->each_row([&](std::uint32_t row) {
        raw.push_back(records(fmt::format("[{}]", c->raw()->text->string(row))).front());
      });
      CHECK_MESSAGE(raw == records_of(*c), "raw text differs from its record: ", to_text(raw));
    }
  }
}

void stage_harness::check_demands(const std::vector<record_list>& in,
                                  const stage_outcome& all) const {
  for (port_number p = 0; p < all.ports.size(); ++p) {
    std::set<std::string> names;
    for (const auto& record : all.ports[p])
      for (const auto& [name, value] : record.entries) names.insert(name);
    for (const auto& name : names) {
      std::vector<column_demand> below(all.ports.size());
      below[p].columns.insert(name);
      std::vector<record_list> wanted;
      for (port_number i = 0; i < in.size(); ++i)
        wanted.push_back(without_unwanted(in[i], configured_->demand(i, below)));
      const auto again = run_once(wanted, {all_records, layout::dense, false}, below);
      REQUIRE_MESSAGE(again.ports[p].size() == all.ports[p].size(), "with only column ", name,
                      " wanted another number of records comes out");
      for (std::size_t i = 0; i < all.ports[p].size(); ++i)
        CHECK_MESSAGE(again.ports[p][i][name] == all.ports[p][i][name], "column ", name,
                      " is another when it alone is wanted");
    }
  }
}

record_list stage_harness::run_source(std::size_t records_max) {
  const auto run = start();
  const auto opened = run->open();
  REQUIRE_MESSAGE(opened, "open: ", opened.error().text);
  while (!run->ended()) {
    const auto said = run->pull();
    REQUIRE_MESSAGE(said, "the source fails: ", said.error().text);
    if (*said == answer::wait && run->in().wake_time())
      run->in().time().advance(*run->in().wake_time() - run->in().now());
    REQUIRE_MESSAGE(run->out().records_sent() <= records_max, "the source does not end");
  }
  last_ = {};
  for (port_number p = 0; p < configured_->outputs().size(); ++p)
    last_.ports.push_back(run->sent(p));
  last_.rejected = run->out().rejected();
  check_output({}, *run);
  return last_.ports.front();
}

const record_list& stage_harness::sent(std::string_view port) const {
  const auto names = configured_->outputs();
  const auto found = std::find(names.begin(), names.end(), port);
  REQUIRE_MESSAGE(found != names.end(), "there is no output ", port);
  return last_.ports.at(static_cast<std::size_t>(found - names.begin()));
}

std::vector<std::string> stage_harness::refusals() const {
  std::vector<std::string> texts;
  for (const auto& r : last_.rejected) texts.push_back(r.code + ": " + r.reason);
  return texts;
}

}  // namespace weir::testing
