#include "pipelines/inspect/explanation.hpp"

#include <doctest/doctest.h>

#include "actors/builtin_stages.hpp"
#include "pipelines/assemble/assemble.hpp"
#include "tests/support/approved_text.hpp"

namespace weir::testing {
namespace {

explanation explained(const char* text, unsigned threads) {
  const registry known(builtin_stages());
  problems found;
  auto made = load_pipeline(text, "p.yaml", known, {}, found);
  for (const auto& p : found.all())
    if (p.severity == problem::level::error) FAIL_CHECK(to_text(p));
  REQUIRE(made);
  return explain(plan_run(std::move(*made), threads), threads, found.all());
}

constexpr const char* plain = R"(weir: 1
pipeline: plain
stages:
  - {type: read_file, path: none.ndjson}
  - {type: filter, where: status >= 500}
  - {type: write_file, path: errors.ndjson}
)";

constexpr const char* few = R"(weir: 1
pipeline: few
stages:
  - {name: in, type: generate, columns: {a: 1, b: 2}, count: 5}
  - type: map
    set: {c: a / b, d: a + 1}
    workers: 3
    ordered: false
    when_full: drop_newest
  - {type: aggregate, by: a, compute: {c: sum(c)}}
  - {type: discard, from: [in.rejected, map]}
  - {name: out, type: print, from: aggregate, format: ndjson}
)";

constexpr const char* many = R"(weir: 1
pipeline: many-things
memory: 64MiB
stages:
  - {name: access, type: read_file, path: none.ndjson, columns: {bytes: int, ms: int}}
  - type: map
    set: {kib: bytes / 1024, share: bytes / ms, tenths: ms / 100 * 100, class: "status / 100 == 5"}
    drop: [user_agent]
    workers: auto
  - {name: late, type: rechunk, records: 50}
  - name: few
    type: filter
    from: map
    where: kib > 3
    when_full: drop_oldest
    credit: {chunks: 2, bytes: 1MiB}
  - {name: pairs, type: zip, from: [late, few]}
  - {type: route, routes: {big: kib > 100}, workers: 2, ordered: false}
  - type: aggregate
    from: [route.big, route.other]
    by: host
    compute: {n: count(), kib: sum(kib)}
  - {type: map, name: short, drop: [kib], set: {odd: n % 2}}
  - {name: counts, type: print, format: ndjson}
  - {type: parse, from: access.rejected, column: raw, format: json, keep: true, on_mismatch: pass}
  - {type: write_file, path: bad.csv}
  - {name: big, type: write_file, from: route.big, path: big.ndjson}
  - {name: seen, type: aggregate, from: few, compute: {n: count(), most: max(ms)}}
  - {name: most, type: map, keep: [most]}
  - {type: discard}
)";

}  // namespace

TEST_CASE("a small pipeline is explained in a few lines") {
  check_approved("pipelines/inspect/approved/explain_plain.txt",
                 explanation_text(explained(plain, 1), 80));
}

TEST_CASE("a pipeline of many ways is explained") {
  check_approved("pipelines/inspect/approved/explain_many.txt",
                 explanation_text(explained(many, 4), 80));
}

TEST_CASE("an explanation for programs has all that is told to people") {
  check_approved("pipelines/inspect/approved/explain_few.json",
                 explanation_json(explained(few, 4)));
}

TEST_CASE("workers are those of the threads that a run would have") {
  CHECK(explained(many, 4).stages[1].workers == 4);
  CHECK(explained(many, 1).stages[1].workers == 1);
  CHECK(explained(many, 1).stages[5].workers == 2);
}

TEST_CASE("workers that make the text of the sink below them are told") {
  const auto of = explained(R"(weir: 1
stages:
  - {type: read_file, path: none.ndjson}
  - {type: map, set: {n: n + 1}, workers: 3}
  - {type: write_file, path: more.ndjson}
)",
                            4);
  CHECK(of.stages[1].prepared_in == "");
  CHECK(of.stages[2].prepared_in == "map");
  CHECK(explanation_text(of, 80).find("text   made by the workers of 'map'") != std::string::npos);
  CHECK(explanation_json(of).find("\"prepared_in\": \"map\"") != std::string::npos);
}

}  // namespace weir::testing
