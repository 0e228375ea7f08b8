#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/executor/executor.hpp"
#include "tests/support/hang_limit.hpp"

namespace weir::testing {

/// A way to run graphs, with a name for messages.
struct named_executor {
  std::string name;
  std::function<std::unique_ptr<executor>()> make;
};

/// All that every graph must run the same under: inline, and actors with 1, 2 and 8 threads.
inline std::vector<named_executor> all_executors() {
  std::vector<named_executor> list = {{"inline", [] { return make_inline_executor(); }}};
  for (const unsigned threads : {1U, 2U, 8U})
    list.push_back({"actors, threads: " + std::to_string(threads),
                    [threads] { return make_actors_executor(threads); }});
  return list;
}

/// Runs a graph to its end. No value: it did not end within the limit and was aborted.
inline std::optional<run_report> run_to_end(const named_executor& by, graph what,
                                            run_options options = {}) {
  const auto executor = by.make();
  const auto run = executor->start(std::move(what), std::move(options));
  return run->wait(machine_clock().now() + hang_limit);
}

}  // namespace weir::testing
