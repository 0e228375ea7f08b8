#include "actors/support/reread_source.hpp"

#include <utility>

#include "actors/codecs/single_records.hpp"

namespace weir {
namespace {

// Of records that make a chunk, in bytes and by number.
constexpr std::size_t batch_bytes = 256 * 1024;
constexpr std::size_t batch_records = 4096;

}  // namespace

reread_source::reread_source(reread_format format, std::shared_ptr<kept_records> from)
    : format_(std::move(format)), from_(std::move(from)) {}

result<void> reread_source::open(context& in) {
  context_ = &in;
  reader_ = format_.make_reader(in.demand(0));
  return {};
}

stage_answer reread_source::pull(outlet& out) {
  codecs::single_records batch;
  std::size_t bytes = 0;
  bool is_at_end = false;
  for (std::size_t count = 0; count < batch_records && bytes < batch_bytes; ++count) {
    if (context_->stopping()) break;
    auto kept = from_->next();
    if (!kept) return failure(std::move(kept.error()));
    is_at_end = !*kept;
    if (is_at_end) break;
    const kept_record& one = **kept;
    bytes += one.bytes.size();
    const auto header = header_of(one.place.input ? one.place.input->text : std::string());
    // A header is looked for in vain once the stage is asked to stop.
    if (!header && context_->stopping()) break;
    if (!header) return failure(header.error());
    auto read = codecs::single_records::read(*reader_, {one.bytes, one.place, *header});
    if (!read) return failure(std::move(read.error()));
    for (const auto& bad : read->bad)
      out.reject({bad.code, bad.reason, bad.bytes, {one.place.input, bad.offset, bad.line}});
    batch.add(std::move(read->records));
  }
  for (auto& records : batch.take()) out.emit(std::move(records));
  return is_at_end ? answer::end : answer::more;
}

result<reread_format::header> reread_source::header_of(const std::string& input) {
  if (!format_.read_header) return reread_format::header();
  const auto known = headers_.find(input);
  if (known != headers_.end()) return known->second;
  auto header = format_.read_header(*context_, input);
  if (header) headers_.emplace(input, *header);
  return header;
}

}  // namespace weir
