#pragma once

#include <doctest/doctest.h>

#include <string>

#include "actors/builtin_stages.hpp"
#include "pipelines/assemble/assemble.hpp"

namespace weir::testing {

/// The graph of a pipeline of built-in stages, given as the text that stands below `stages:`.
/// A mistake in it fails the test case.
inline graph load_graph(const std::string& stages) {
  static const registry known(builtin_stages());
  problems found;
  auto made = load_pipeline("weir: 1\nstages:\n" + stages, "p.yaml", known, {}, found);
  for (const auto& p : found.all())
    if (p.severity == problem::level::error) FAIL_CHECK(to_text(p));
  REQUIRE(made);
  return *std::move(made);
}

}  // namespace weir::testing
