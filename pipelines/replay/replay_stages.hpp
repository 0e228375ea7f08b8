#pragma once

#include <memory>
#include <string>

#include "pipelines/replay/letter_file.hpp"
#include "runtime/data/known_columns.hpp"
#include "runtime/graph/graph.hpp"

namespace weir {

/// Puts into `place` a source of the records that the stage named `stage` rejected, as `known` of
/// the stage's input says: values have the types that its records have now, where they fit.
void put_letters(graph_stage& place, std::shared_ptr<const letter_file> of, std::string stage,
                 known_columns known);

/// Puts in place of a source what reads once more that which it refused.
/// Requires: of.configured->rereads().
void put_rereading(graph_stage& in_place_of, std::shared_ptr<const letter_file> of);

/// Puts into `place` a source of nothing.
void put_nothing(graph_stage& place);

}  // namespace weir
