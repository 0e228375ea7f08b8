#include "actors/transforms/zip.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "actors/support/side_by_side.hpp"
#include "runtime/base/check.hpp"
#include "runtime/base/text.hpp"

namespace weir::transforms {

result<void> zip::open(context& in) {
  context_ = &in;
  inputs_.resize(inputs());
  return {};
}

port_number zip::next_input() const {
  for (port_number port = 0; port < inputs_.size(); ++port)
    if (!inputs_[port].ended && !inputs_[port].waiting) return port;
  for (port_number port = 0; port < inputs_.size(); ++port)
    if (!inputs_[port].ended) return port;
  return 0;
}

void zip::pair_up(outlet& out) {
  const auto has_records = [](const input& in) { return in.waiting != nullptr; };
  while (std::all_of(inputs_.begin(), inputs_.end(), has_records)) {
    std::uint32_t count = inputs_.front().waiting->size() - inputs_.front().at;
    for (const auto& in : inputs_) count = std::min(count, in.waiting->size() - in.at);
    std::vector<chunk_ptr> sides;
    for (auto& in : inputs_) {
      sides.push_back(slice(in.waiting, in.at, count));
      in.at += count;
      if (in.at == in.waiting->size()) in.waiting = nullptr;
    }
    const auto pairs = side_by_side(sides, options_.on_conflict == zip_conflict::last);
    std::vector<std::uint32_t> rows;
    auto conflict = pairs.conflicts.begin();
    for (std::uint32_t row = 0; row < count; ++row) {
      if (options_.on_conflict != zip_conflict::reject || conflict == pairs.conflicts.end() ||
          conflict->row != row) {
        rows.push_back(row);
        continue;
      }
      const auto reason = fmt::format(
          "the inputs have different values in column {}; rename one of them above, "
          "or set 'on_conflict'",
          quoted(conflict->column));
      for (const auto& side : sides)
        out.reject(*side, side->row_of(row), "column-conflict", reason);
      ++conflict;
    }
    out.emit(select(pairs.records, std::move(rows)));
  }
}

// Where an input has ended, what waits for its records waits for ever.
void zip::reject_lonely(outlet& out) {
  const auto is_exhausted = [](const input& in) { return in.ended && !in.waiting; };
  if (std::none_of(inputs_.begin(), inputs_.end(), is_exhausted)) return;
  for (auto& in : inputs_) {
    if (!in.waiting) continue;
    for (std::uint32_t i = in.at; i < in.waiting->size(); ++i)
      out.reject(*in.waiting, in.waiting->row_of(i), "no-partner",
                 "another input ended before the partner of this record came");
    in.waiting = nullptr;
  }
}

// What is kept beyond a call must not keep alive the bytes that it was read from.
result<void> zip::keep_copies() {
  byte_size held;
  for (auto& in : inputs_) {
    if (!in.waiting) continue;
    if (!in.copied) {
      in.waiting = compact(slice(in.waiting, in.at, in.waiting->size() - in.at));
      in.at = 0;
      in.copied = true;
    }
    held.bytes += in.waiting->bytes().bytes;
  }
  return context_->account().hold(held);
}

stage_answer zip::process(port_number port, const chunk_ptr& records, outlet& out) {
  if (records->size() == 0) return answer::wait;
  input& in = inputs_[port];
  WEIR_CHECK(!in.waiting, "a zip was given another input than it asked for");
  in.waiting = records;
  in.at = 0;
  in.copied = false;
  pair_up(out);
  reject_lonely(out);
  const auto kept = keep_copies();
  if (!kept) return failure(kept.error());
  return answer::wait;
}

stage_answer zip::finish(port_number port, outlet& out) {
  inputs_[port].ended = true;
  reject_lonely(out);
  const auto kept = keep_copies();
  if (!kept) return failure(kept.error());
  return answer::wait;
}

namespace {

known_columns columns_made(const std::vector<known_columns>& in) {
  known_columns made{.fields = {}, .complete = true};
  for (const auto& side : in) made.complete = made.complete && side.complete;
  for (const auto& side : in)
    for (const auto& f : side.fields) {
      if (made.find(f.name) != nullptr) continue;
      field added = f;
      for (const auto& other : in) {
        const field* same = other.find(f.name);
        if (same != nullptr ? same->type != f.type : !other.complete)
          added.type = column_type::dynamic;
      }
      made.fields.push_back(std::move(added));
    }
  return made;
}

}  // namespace

stage_type zip_stage() {
  return describe_stage<zip, zip_options>("zip")
      .summary("Makes one record of the n-th records of all its inputs.")
      .description(
          "The columns of all inputs stand side by side. Where inputs share a column, a record has "
          "the value of the one that has it; different values are a conflict. When an input ends, "
          "the records of the others that have no partner leave through `rejected`.")
      .option(
          "on_conflict", &zip_options::on_conflict,
          "What becomes of a pair with different values in columns of one name.",
          {choice{"reject", zip_conflict::reject, "its records leave through the `rejected` port"},
           choice{"first", zip_conflict::first, "the value of the first input counts"},
           choice{"last", zip_conflict::last, "the value of the last input counts"}})
      .rejects()
      .numbered_inputs()
      .reads(input_order::all)
      .makes([](const zip_options&, port_number, const std::vector<known_columns>& in) {
        return columns_made(in);
      })
      .wants([](const zip_options& options, port_number, const std::vector<column_demand>& below) {
        // Every value may be in conflict, wanted below or not.
        if (options.on_conflict == zip_conflict::reject) return column_demand::everything();
        column_demand wanted = below.front();
        wanted.all = wanted.all || !wanted.raw_formats.empty();
        wanted.raw_formats.clear();
        return wanted;
      })
      .holds(hold_bound::chunks(1))
      .never_waits()
      .example("{on_conflict: first}");
}

}  // namespace weir::transforms
