#include "actors/codecs/single_records.hpp"

#include <span>
#include <utility>

namespace weir::codecs {
namespace {

chunk_ptr without_places(const chunk_ptr& from) {
  chunk::parts parts = from->all();
  parts.record_places.reset();
  return make_chunk(std::move(parts));
}

}  // namespace

result<single_records::outcome> single_records::read(record_reader& reader,
                                                     const placed_text& what) {
  outcome made;
  raw_block block{.data = copy_to_buffer(what.text),
                  .end = static_cast<std::uint32_t>(what.text.size()),
                  .offset = what.place.offset,
                  .line = what.place.line,
                  .input = what.place.input,
                  .names = what.names};
  while (!block.empty()) {
    auto read = reader.read(block);
    if (!read) return failure(std::move(read.error()));
    for (auto& bad : read->bad) made.bad.push_back(std::move(bad));
    if (read->records->size() == 0) continue;
    made.records.push_back(what.place.input ? std::move(read->records)
                                            : without_places(read->records));
  }
  return made;
}

void single_records::add(std::vector<chunk_ptr> records) {
  for (auto& one : records) all_.push_back(std::move(one));
}

// Joined with one that has no places, the others would lose theirs.
std::vector<chunk_ptr> single_records::take() {
  std::vector<chunk_ptr> joined;
  const auto has_places = [this](std::size_t at) { return all_[at]->record_places() != nullptr; };
  for (std::size_t first = 0, end = 0; first < all_.size(); first = end) {
    while (end < all_.size() && has_places(end) == has_places(first)) ++end;
    joined.push_back(concatenate(std::span(all_).subspan(first, end - first)));
  }
  all_.clear();
  return joined;
}

}  // namespace weir::codecs
