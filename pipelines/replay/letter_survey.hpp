#pragma once

#include <cstdint>
#include <vector>

#include "pipelines/replay/letter_file.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/graph/graph.hpp"

namespace weir {

/// Which stages get dead letters once more.
struct letter_survey {
  std::vector<std::uint64_t> letters;  ///< by stage of the graph
  std::uint64_t skipped = 0;           ///< that can't be replayed, which was told

  std::uint64_t sum() const;
};

/// Looks through the whole file before anything starts. Lines that are no dead letters and stages
/// that the pipeline does not have are errors; letters that can't be replayed are warnings.
///
/// Time:   once over the file.
/// Memory: a line, and what is told.
/// Errors: the file can't be read.
result<letter_survey> survey(const std::shared_ptr<const letter_file>& of, const graph& pipeline,
                             problems& found);

}  // namespace weir
