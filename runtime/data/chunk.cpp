#include "runtime/data/chunk.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "runtime/base/check.hpp"
#include "runtime/data/column_builder.hpp"

namespace weir {
namespace {

// What a chunk costs beside its buffers, roughly: so that chunks without columns have a size too.
constexpr std::uint64_t fixed_bytes = 256;

byte_size bytes_kept(const chunk::parts& from) {
  std::vector<const buffer*> seen;
  const auto visit = [&](const buffer_ptr& b) { seen.push_back(b.get()); };
  for (const auto& c : from.columns) c->each_buffer(visit);
  if (from.raw) from.raw->text->each_buffer(visit);
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  std::uint64_t sum = fixed_bytes;
  for (const buffer* b : seen) sum += b->capacity();
  if (from.selection) sum += from.selection->size() * sizeof(std::uint32_t);
  if (from.orders) {
    sum += from.orders->of_row.size() * sizeof(std::uint32_t);
    for (const auto& order : from.orders->orders) sum += order.size() * sizeof(std::uint32_t);
  }
  if (from.record_places) sum += from.record_places->size() * sizeof(places::position);
  if (from.prepared) sum += from.prepared->capacity();
  return {sum};
}

std::vector<std::uint32_t> rows_of(const chunk& from) {
  if (from.selection()) return *from.selection();
  std::vector<std::uint32_t> rows(from.rows());
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

std::shared_ptr<const key_orders> gather(const key_orders& from,
                                         const std::vector<std::uint32_t>& rows) {
  key_orders out;
  out.of_row.reserve(rows.size());
  bool any = false;
  for (const auto row : rows) {
    out.of_row.push_back(from.of_row[row]);
    any = any || from.of_row[row] != 0;
  }
  if (!any) return nullptr;
  out.orders = from.orders;
  return std::make_shared<const key_orders>(std::move(out));
}

std::shared_ptr<const raw_records> concatenate_raw(std::span<const chunk_ptr> chunks) {
  const auto& first = chunks.front()->raw();
  if (!first) return nullptr;
  std::vector<column_ptr> texts;
  for (const auto& c : chunks) {
    const auto& raw = c->raw();
    if (!raw || raw->format != first->format || raw->header != first->header) return nullptr;
    texts.push_back(raw->text);
  }
  return std::make_shared<const raw_records>(
      raw_records{first->format, first->header, concatenate(texts)});
}

places_ptr concatenate_places(std::span<const chunk_ptr> chunks) {
  places out;
  for (const auto& c : chunks) {
    if (!c->record_places()) return nullptr;
    out.append(*c->record_places());
  }
  return std::make_shared<const places>(std::move(out));
}

// The union of columns in order of first appearance. The first chunk has the first record, so it
// alone says what that always has.
schema_ptr united_schema(std::span<const chunk_ptr> chunks) {
  const auto same = [&](const chunk_ptr& c) { return c->schema() == chunks.front()->schema(); };
  if (std::all_of(chunks.begin(), chunks.end(), same)) return chunks.front()->shared_schema();
  std::vector<field> fields;
  for (const auto& c : chunks)
    for (const auto& f : c->schema().fields()) {
      const auto known = std::find_if(fields.begin(), fields.end(),
                                      [&](const field& x) { return x.name == f.name; });
      if (known == fields.end()) {
        fields.push_back(f);
        fields.back().always = f.always && c == chunks.front();
      } else if (known->type != f.type) {
        known->type = column_type::dynamic;
      }
    }
  return std::make_shared<const schema>(std::move(fields));
}

// The keys' orders of all records, told in the numbers of the united columns.
class united_orders {
 public:
  explicit united_orders(const schema& united) : united_(united) {}

  void append(const chunk& from) {
    std::vector<std::uint32_t> number;
    for (const auto& f : from.schema().fields())
      number.push_back(static_cast<std::uint32_t>(*united_.find(f.name)));
    std::uint32_t own = 0;
    if (!std::is_sorted(number.begin(), number.end())) own = add(number);
    std::vector<std::uint32_t> of_order;
    if (from.orders())
      for (const auto& order : from.orders()->orders) {
        std::vector<std::uint32_t> told;
        for (const auto n : order) told.push_back(number[n]);
        of_order.push_back(add(std::move(told)));
      }
    for (std::uint32_t row = 0; row < from.rows(); ++row) {
      const std::uint32_t listed = from.orders() ? from.orders()->of_row[row] : 0;
      out_.of_row.push_back(listed == 0 ? own : of_order[listed - 1]);
    }
  }

  std::shared_ptr<const key_orders> finish() && {
    if (out_.orders.empty()) return nullptr;
    return std::make_shared<const key_orders>(std::move(out_));
  }

 private:
  std::uint32_t add(std::vector<std::uint32_t> order) {
    const auto [at, added] =
        known_.try_emplace(order, static_cast<std::uint32_t>(out_.orders.size() + 1));
    if (added) out_.orders.push_back(std::move(order));
    return at->second;
  }

  const schema& united_;
  std::map<std::vector<std::uint32_t>, std::uint32_t> known_;
  key_orders out_;
};

}  // namespace

chunk::chunk(parts from) : parts_(std::move(from)) {
  WEIR_CHECK(parts_.columns_schema != nullptr, "a chunk without a schema");
  WEIR_CHECK(parts_.columns.size() == parts_.columns_schema->size(), "columns and schema differ");
  for (const auto& c : parts_.columns)
    WEIR_CHECK(c->size() == parts_.rows, "a column with another number of rows than its chunk");
  WEIR_CHECK(!parts_.record_places || parts_.record_places->size() == parts_.rows,
             "places with another number of rows than their chunk");
  bytes_ = bytes_kept(parts_);
}

const column* chunk::find(std::string_view name) const {
  const auto index = schema().find(name);
  return index ? parts_.columns[*index].get() : nullptr;
}

std::optional<record_place> chunk::place(std::size_t row) const {
  if (!parts_.record_places) return std::nullopt;
  return parts_.record_places->at(row);
}

chunk_ptr make_chunk(chunk::parts from) { return std::make_shared<const chunk>(std::move(from)); }

chunk_ptr empty_chunk() { return make_chunk({.columns_schema = std::make_shared<const schema>()}); }

chunk_ptr select(const chunk_ptr& from, std::vector<std::uint32_t> rows) {
  if (rows.size() == from->size()) return from;
  chunk::parts out = from->all();
  out.selection = std::make_shared<const std::vector<std::uint32_t>>(std::move(rows));
  out.prepared = nullptr;
  return make_chunk(std::move(out));
}

chunk_ptr slice(const chunk_ptr& from, std::uint32_t first, std::uint32_t count) {
  WEIR_CHECK(first <= from->size() && count <= from->size() - first,
             "a slice beyond the end of its chunk");
  std::vector<std::uint32_t> rows(count);
  for (std::uint32_t i = 0; i < count; ++i) rows[i] = from->row_of(first + i);
  return select(from, std::move(rows));
}

chunk_ptr compact(const chunk_ptr& from) {
  const auto rows = rows_of(*from);
  chunk::parts out{.columns_schema = from->shared_schema()};
  out.rows = static_cast<std::uint32_t>(rows.size());
  for (const auto& c : from->columns()) out.columns.push_back(gather(*c, rows));
  if (from->record_places())
    out.record_places = std::make_shared<const places>(from->record_places()->gather(rows));
  if (const auto& raw = from->raw())
    out.raw = std::make_shared<const raw_records>(
        raw_records{raw->format, raw->header, gather(*raw->text, rows)});
  if (from->orders()) out.orders = gather(*from->orders(), rows);
  out.prepared = from->prepared();
  return make_chunk(std::move(out));
}

chunk_ptr compact_if_sparse(const chunk_ptr& from) {
  return from->size() < from->rows() / 4 ? compact(from) : from;
}

chunk_ptr concatenate(std::span<const chunk_ptr> chunks) {
  if (chunks.empty()) return empty_chunk();
  std::vector<chunk_ptr> dense;
  std::uint32_t rows = 0;
  for (const auto& c : chunks) {
    dense.push_back(c->selection() ? compact(c) : c);
    rows += dense.back()->rows();
  }
  if (dense.size() == 1) return dense.front();
  chunk::parts out{.columns_schema = united_schema(dense)};
  out.rows = rows;
  for (const auto& f : out.columns_schema->fields()) {
    std::vector<column_ptr> pieces;
    for (const auto& c : dense) {
      const auto index = c->schema().find(f.name);
      pieces.push_back(index ? c->columns()[*index] : column::nulls(c->rows()));
    }
    out.columns.push_back(concatenate(pieces));
  }
  out.record_places = concatenate_places(dense);
  out.raw = concatenate_raw(dense);
  united_orders orders(*out.columns_schema);
  for (const auto& c : dense) orders.append(*c);
  out.orders = std::move(orders).finish();
  return make_chunk(std::move(out));
}

}  // namespace weir
