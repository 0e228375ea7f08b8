#include "runtime/expression/kernels_comprehension.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/data/records.hpp"
#include "runtime/expression/result_size.hpp"

namespace weir {

using syntax::macro;

// What is known of one list while its items are looked at.
struct comprehension_kernel::list_state {
  std::uint32_t row = 0;
  bool decided = false;  // the other items do not matter
  bool has_null = false;
  std::size_t holding = 0;  // items for which the condition is true
  std::string list;         // of `filter` and `map`: the text of the result so far
  bool has_failed = false;
  evaluated::record_error first_error;
};

// One run over the rows of a batch: gathers items until there are enough to be worth a loop.
class comprehension_kernel::pass {
 public:
  pass(comprehension_kernel& of, batch& over, const row_set& rows)
      : of_(of), over_(over), out_(rows) {}

  void list(std::uint32_t row, const series& lists) {
    if (over_.aborted()) return out_.null(row);
    if ((lists.state(lists.constant ? 0 : row) & state_error) != 0) return out_.inherit(row, lists);
    const value_view value = lists.at(row);
    if (value.kind == value_kind::null) return out_.null(row);
    if (value.kind != value_kind::json)
      return out_.fail(row, "type-mismatch",
                       fmt::format("'{}' goes through lists and maps, found {}", name_of(of_.loop_),
                                   name_of(value.kind)));
    open_.push_back({});
    open_.back().row = row;
    const bool read = of_.reader_.each(value.text, [&](const value_view& item) {
      items_.append(item);
      owners_.push_back(open_.size() - 1);
      if (items_.size() < items_at_once) return true;
      flush(false);
      return !open_.back().decided && !over_.aborted();
    });
    if (!read) fail(open_.back(), {row, "not-json", "the nested value is not JSON"});
  }

  series finish() {
    flush(true);
    return out_.finish();
  }

 private:
  // Computes the items at hand; all lists but perhaps the last are then complete.
  void flush(bool all_complete) {
    const std::size_t count = items_.size();
    if (count > 0) {
      std::vector<std::uint32_t> parents(count);
      for (std::size_t i = 0; i < count; ++i) parents[i] = open_[owners_[i]].row;
      batch inner(over_, parents, series_of(items_.finish()));
      const row_set rows(static_cast<std::uint32_t>(count));
      if (of_.loop_ == macro::map) {
        take_values(inner, rows);
      } else {
        take_conditions(inner, rows);
      }
      owners_.clear();
    }
    const std::size_t complete = open_.size() - (all_complete || open_.empty() ? 0 : 1);
    for (std::size_t i = 0; i < complete; ++i) close(open_[i]);
    open_.erase(open_.begin(), open_.begin() + static_cast<std::ptrdiff_t>(complete));
  }

  static void fail(list_state& state, const evaluated::record_error& cause) {
    if (state.has_failed) return;
    state.has_failed = true;
    state.first_error = cause;
  }

  series conditions(batch& inner, const row_set& rows) const {
    return as_condition(name_of(of_.loop_), of_.condition_->run(inner, rows), rows);
  }

  // Calls `visit(state, item, is_true)` for the items whose lists are still open.
  template <class Visit>
  void each_verdict(const series& verdict, Visit visit) {
    auto error = verdict.errors.begin();
    for (std::uint32_t item = 0; item < owners_.size(); ++item) {
      auto& state = open_[owners_[item]];
      const std::size_t at = verdict.constant ? 0 : item;
      const std::uint8_t found = verdict.state(at);
      if ((found & state_error) != 0) {
        while (error->row < item) ++error;
        if (!state.decided) fail(state, *error);
      } else if (found != 0) {
        state.has_null = true;
      } else if (!state.decided) {
        visit(state, item, verdict.array<std::uint8_t>()[at] != 0);
      }
    }
  }

  void take_conditions(batch& inner, const row_set& rows) {
    const series verdict = conditions(inner, rows);
    const series& items = inner.items();
    each_verdict(verdict, [&](list_state& state, std::uint32_t item, bool holds) {
      if (of_.loop_ == macro::filter && holds) append(state, items.at(item));
      state.holding += holds ? 1 : 0;
      // What decides does so whatever comes of the others, errors included.
      state.decided = (of_.loop_ == macro::all && !holds) || (of_.loop_ == macro::exists && holds);
    });
  }

  void take_values(batch& inner, const row_set& rows) {
    if (of_.condition_ == nullptr) return append_values(of_.value_->run(inner, rows), rows);
    std::vector<std::uint8_t> chosen(rows.rows());
    each_verdict(conditions(inner, rows), [&](list_state&, std::uint32_t item, bool holds) {
      chosen[item] = holds ? 1 : 0;
    });
    const row_set holding = narrowed(rows, chosen.data());
    if (holding.size() > 0) append_values(of_.value_->run(inner, holding), holding);
  }

  void append_values(const series& values, const row_set& rows) {
    auto error = values.errors.begin();
    rows.each([&](std::uint32_t item) {
      auto& state = open_[owners_[item]];
      if ((values.state(values.constant ? 0 : item) & state_error) == 0)
        return append(state, values.at(item));
      while (error->row < item) ++error;
      fail(state, *error);
    });
  }

  void append(list_state& state, const value_view& value) {
    state.list += state.list.empty() ? '[' : ',';
    append_json(state.list, value);
    if (state.list.size() <= result_bytes_max) return;
    fail(state, {state.row, "too-long", too_long(name_of(of_.loop_))});
    state.decided = true;
    state.list.clear();
  }

  void close(list_state& state) {
    const bool gives_list = of_.loop_ == macro::filter || of_.loop_ == macro::map;
    const bool settled = state.decided && !gives_list;
    if (state.has_failed && !settled)
      return out_.fail(state.row, state.first_error.code, state.first_error.text);
    switch (of_.loop_) {
      case macro::all:
        if (!state.decided && state.has_null) return out_.null(state.row);
        return out_.boolean(state.row, !state.decided);
      case macro::exists:
        if (!state.decided && state.has_null) return out_.null(state.row);
        return out_.boolean(state.row, state.decided);
      case macro::exists_one:
        return out_.boolean(state.row, state.holding == 1);
      default:
        if (state.list.empty()) state.list = "[";
        out_.text(state.row, state.list + ']', value_kind::json);
    }
  }

  comprehension_kernel& of_;
  batch& over_;
  series_writer out_;
  std::vector<list_state> open_;  // lists whose items are being looked at
  column_builder items_;
  std::vector<std::size_t> owners_;  // for each item its list, a number in open_
};

comprehension_kernel::comprehension_kernel(macro loop, kernel_ptr list, kernel_ptr condition,
                                           kernel_ptr value)
    : loop_(loop),
      list_(std::move(list)),
      condition_(std::move(condition)),
      value_(std::move(value)) {}

series comprehension_kernel::run(batch& over, const row_set& rows) {
  const series lists = list_->run(over, rows);
  pass one(*this, over, rows);
  rows.each([&](std::uint32_t row) { one.list(row, lists); });
  return one.finish();
}

}  // namespace weir
