#pragma once

#include <cstdint>

#include "tests/support/graph_builder.hpp"
#include "tests/support/number_stages.hpp"
#include "tests/support/random_pipeline.hpp"

namespace weir::testing {

/// Stages on numbers whose output follows from their input alone.

/// Numbers from 0 on; some pulls give nothing and wake themselves, some pass a mark.
made_stage restless_source(std::uint64_t count, std::uint32_t chunk, bool blocking);
made_stage passing_stage(bool blocking);
/// Leaves out every multiple of `of`.
made_stage leaving_out_stage(std::int64_t of);
/// Refuses every multiple of `of`.
made_stage refusing_stage(std::int64_t of);
/// Each number `times` times, a call for each time.
made_stage multiplying_stage(std::uint32_t times);
/// Even numbers leave by port 0, odd ones by port 1.
made_stage splitting_stage();
/// `31 * left + right` for each pair of numbers, until either side ends.
made_stage adding_stage();
/// Tells `hook` its number before each chunk, then keeps the chunk's numbers. Others may count the
/// numbers of a chunk ahead for it: then it requires that the count is of that chunk.
made_stage hooked_sink(std::shared_ptr<collected> into, std::size_t number, chunk_hook hook);

/// A sink with `workers` that write of each chunk how many numbers it has (`chunk::prepared`), but
/// fail at the one with the number `fails_at`: for `made_stage::make_prepared`.
std::vector<configured_stage::instance> counted_ahead(configured_stage::instance of,
                                                      unsigned workers, std::int64_t fails_at = -1);
/// Whether such a worker has counted the records.
bool has_count(const chunk& records);

}  // namespace weir::testing
