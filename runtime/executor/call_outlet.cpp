#include "runtime/executor/call_outlet.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/check.hpp"
#include "runtime/data/records.hpp"
#include "runtime/stage/stage_type.hpp"

namespace weir {
namespace {

// The columns of `rejected_columns()` by number.
namespace at {
enum column_number : std::size_t { stage, reason, code, file, offset, line, time, record, raw };
}

schema_ptr rejected_schema() {
  static const auto shared = std::make_shared<const schema>(rejected_columns().fields);
  return shared;
}

}  // namespace

call_outlet::call_outlet(std::string stage, port_number rejected, bool rejected_taken,
                         const clock& time)
    : stage_(std::move(stage)),
      rejected_port_(rejected),
      rejected_taken_(rejected_taken),
      time_(time),
      rooms_(rejected + std::size_t{1}) {}

void call_outlet::emit(port_number port, chunk_ptr records) {
  WEIR_CHECK(port < rejected_port_, "records for a port that the stage does not have");
  if (records->size() == 0) return;
  emitted_ += records->size();
  if (port < rooms_.size()) rooms_[port] = 0;
  given_.push_back({port, {std::move(records), {}}});
}

void call_outlet::pass(port_number port, mark what) {
  WEIR_CHECK(port < rejected_port_, "a mark for a port that the stage does not have");
  given_.push_back({port, {nullptr, what}});
}

void call_outlet::note(std::string_view code, std::string_view text, const record_place& place) {
  ++rejected_;
  reason& known = reasons_[std::string(code)];
  if (++known.count > 1) return;
  known.example = place.input ? fmt::format("{}:{}: {}", place.input->text, place.line, text)
                              : std::string(text);
}

void call_outlet::append_common(std::string_view code_text, std::string_view text,
                                const record_place& place) {
  if (columns_.empty()) columns_.resize(rejected_columns().fields.size());
  columns_[at::stage].append_text(stage_);
  columns_[at::reason].append_text(text);
  columns_[at::code].append_text(code_text);
  if (place.input) {
    columns_[at::file].append_text(place.input->text);
    columns_[at::offset].append_int64(static_cast<std::int64_t>(place.offset));
    columns_[at::line].append_int64(static_cast<std::int64_t>(place.line));
  } else {
    columns_[at::file].append_null();
    columns_[at::offset].append_null();
    columns_[at::line].append_null();
  }
  columns_[at::time].append_int64(time_.wall().time_since_epoch().count(), value_kind::timestamp);
}

void call_outlet::reject(const chunk& from, std::uint32_t row, std::string_view code,
                         std::string_view text) {
  const auto place = from.place(row).value_or(record_place{});
  note(code, text, place);
  if (!rejected_taken_) return;
  append_common(code, text, place);
  const auto& kept = from.raw();
  if (kept && kept->format == "ndjson") {
    columns_[at::record].append_text(kept->text->string(row), value_kind::json);
  } else {
    std::string object;
    append_json_record(object, from, row);
    columns_[at::record].append_text(object, value_kind::json);
  }
  columns_[at::raw].append_null();
}

void call_outlet::reject(const unreadable_record& what) {
  note(what.code, what.reason, what.place);
  if (!rejected_taken_) return;
  append_common(what.code, what.reason, what.place);
  columns_[at::record].append_null();
  columns_[at::raw].append_text(what.bytes, value_kind::bytes);
}

bool call_outlet::room(port_number port) const {
  return port >= rooms_.size() || rooms_[port] != 0;
}

void call_outlet::forget() {
  given_.clear();
  emitted_ = 0;
  if (rejected_ == 0) return;
  columns_.clear();
  reasons_.clear();
  rejected_ = 0;
}

chunk_ptr call_outlet::take_rejected() {
  if (columns_.empty()) return nullptr;
  chunk::parts parts{.columns_schema = rejected_schema()};
  parts.rows = static_cast<std::uint32_t>(columns_.front().size());
  for (auto& column : columns_) parts.columns.push_back(column.finish());
  columns_.clear();
  return make_chunk(std::move(parts));
}

std::span<call_outlet::given> call_outlet::take() {
  if (!columns_.empty()) given_.push_back({rejected_port_, {take_rejected(), {}}});
  return given_;
}

bool call_outlet::gave(port_number port) const {
  return std::any_of(given_.begin(), given_.end(), [&](const given& g) { return g.port == port; });
}

}  // namespace weir
