#include "pipelines/lint/check_pipeline.hpp"

#include "pipelines/assemble/assemble.hpp"

namespace weir {

problems check_pipeline(std::string_view text, std::string_view file_name, const registry& known,
                        const pipeline_inputs& inputs) {
  problems found;
  load_pipeline(text, file_name, known, inputs, found);
  return found;
}

}  // namespace weir
