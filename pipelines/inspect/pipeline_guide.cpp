#include <fmt/format.h>

#include "pipelines/inspect/guides.hpp"
#include "pipelines/inspect/manual_layout.hpp"
#include "pipelines/inspect/text_layout.hpp"
#include "pipelines/spec/failure_keys.hpp"
#include "pipelines/spec/file_keys.hpp"
#include "pipelines/spec/kept_keys.hpp"
#include "pipelines/spec/parameters.hpp"
#include "pipelines/spec/pipeline_spec.hpp"
#include "pipelines/spec/stage_keys.hpp"

namespace weir {
namespace {

using rows = std::vector<std::pair<std::string, std::string>>;

constexpr const char* description =
    R"(A pipeline file is YAML: which stages there are, and what reads from what.

    weir: 1
    pipeline: server-errors
    stages:
      - {name: access, type: read_file, path: "logs/*.ndjson.gz"}
      - {type: filter, where: "status >= 500"}
      - {type: write_file, path: errors.ndjson}
      - {type: print, from: access.rejected}

Below 'stages' each stage has the keys of this page and, beside them, the options of its
type: 'weir list' names the types, 'weir inspect TYPE' tells the options of one.

Paths are those of the folder that weir is run in, wherever the file lies. 'weir check FILE'
finds all that is wrong with a file, 'weir graph FILE' draws it.)";

constexpr const char* rejected =
    R"(Every stage has the output 'rejected' beside its others: through it leave the records that
it could not handle, with the columns 'stage', 'reason', 'code', 'file', 'offset', 'line',
'time', and the record itself as 'record' or, where it could not be read, as the text 'raw'.
Where nobody reads them the run counts and tells them.

Several stages may read the same output; each gets all of it. A stage may read from one that
stands below it, but not from itself by a detour.)";

constexpr const char* failures =
    R"(    stages:
      - {type: parse, format: json, on_failure: restart}
      - {type: map, set: {ratio: x / y}, on_failure: skip}

A stage fails where a call of it can't do what it should: a record that it can't handle is
rejected and no failure. What it fails on is never lost: it is handled in the end, rejected
with the cause, or the run ends. What a call gave before it failed does not count.

Not every stage can begin anew: a source can't go back, a new instance of 'aggregate' would
not have what the one before has counted. 'weir check' says which can't, and why.

Where a stage is isolated, files that nothing else leads to are removed, and those that lack
what it would have given are kept as 'NAME.partial'.

The keys of 'restart', and of 'backoff' in it:)";

constexpr const char* retry =
    R"(    stages:
      - {type: write_file, path: kept.ndjson, retry: {deadline: 30s}}

A cause may be temporary: space on a disk, a quota or memory of the system that is used up
and that others may free. With 'retry' a call that fails for such a cause is made again, on
the same records, until it is done; it counts as no failure and no restart, and no chunk is
cut for it. When the deadline has passed, 'on_failure' decides, with the first cause. What is
not temporary: an I/O error, as what was written before it may be lost; a file grown too
large; a file system that takes no writes. A reader that is slow is waited for anyway.

As for 'restart', not every stage can be called again, and 'weir check' says which. A stage
that can't be opened when the run starts ends it.

The keys of 'retry', and of 'backoff' in it:)";

constexpr const char* strategy =
    R"(    strategy: rest_for_one
    stages:
      - {type: parse, format: json, on_failure: restart}
      - {type: filter, where: status >= 500}
      - {type: write_file, path: kept.ndjson}

With 'rest_for_one' each stage below one that begins anew does so with it, before it takes
anything that comes of that; what waits between them stays. So all below have to be able to:
'weir check' tells which can't. A sink that takes back what a call wrote, as 'write_file'
does, stays as it is.

With 'one_for_all' a failure of a stage that has 'on_failure: restart' ends the run as any
failure does: what is in flight is discarded, files are removed. After the wait that its
'restart' says the run begins again from the beginning of its sources, so that any stage may
have that, whatever it keeps; and what the report tells is of the last try. Every source has
to be able to begin again: standard input can't. What was printed can't be taken back, and is
printed again. A stage that can't be opened, or closed, ends the run all the same.)";

constexpr const char* params =
    R"(    params:
      threshold: {type: int, default: 500, documentation: The least status.}
      input: {type: string}
    stages:
      - {type: read_file, path: "${input}"}
      - {type: filter, where: "status >= ${threshold}"}

'weir run FILE --param input=access.ndjson' gives a param its value; one without 'default'
must be given. 'weir run FILE --set filter.where=...' sets an option of a stage instead.)";

constexpr const char* tests =
    R"(    tests:
      - name: server errors are kept
        input:
          access: [{status: 500, host: a}, {status: 200, host: b}, {status: odd}]
        output:
          filter: [{status: 500, host: a}]
          write_file: {count: 1, each: "status >= 500"}
        rejected: [{stage: filter, reason: string}]

'weir test FILE' runs the tests of a file. The records of 'input' stand in for those of
sources; each source that reads files is given some. Under 'output' stand all records that
leave an output, or that a sink takes, in their order; behind a merge, which has none, in
any. No sink runs: a test writes nothing. 'rejected' lists all records that stages refuse,
with a part of the reason. Each test runs on every executor and in chunks of several sizes,
and has to give the same; the time of day is 2026-01-01T00:00:00Z.)";

constexpr const char* test_files =
    R"(Tests may stand in a file of their own, without 'stages'. There 'pipeline' is the path of the
file that is tested; paths in tests are those of the folder that the tests lie in:

    weir: 1
    pipeline: server-errors.yaml
    tests:
      - name: yesterday's log
        input: {access: {file: samples/yesterday.ndjson.gz}}
        output: {filter: {count: 17}})";

constexpr const char* yaml =
    R"(An expression or a path stands best in double quotes: a value that begins with '*', '!',
'[', '{' or '&', or that has ': ' or ' #' in it, means something else to YAML. 'weir check'
says where quotes are missing.

Sizes and durations have units: '64KiB', '10MB' (a MB is 1,000,000 bytes), '250ms', '1h30m'.
A list of one thing may be written as that thing.)";

rows from_rows() {
  return {
      {"without it", "the stage that stands directly above"},
      {"from: access", "the output of the stage 'access'"},
      {"from: access.rejected", "its output 'rejected', or another that it has by name"},
      {"from: [a, b]",
       "what both send, one into the other, each in its own order; of a stage with "
       "numbered inputs, as 'zip', one after the other"},
      {"from: {left: a, right: b}", "for a stage whose inputs have names"},
  };
}

rows test_rows() {
  return {
      {"name", "what the test is called; each has its own"},
      {"input: {STAGE: RECORDS}", "what sources give"},
      {"output: {STAGE: RECORDS}",
       "what leaves a stage ('STAGE.PORT': one of its outputs); of an output 'rejected' only the "
       "keys that are named count"},
      {"rejected: [{stage: S, reason: R}]", "all that is refused, R a part of the reason"},
      {"seeds: N", "N random schedules besides; each can be run again by its seed"},
  };
}

rows record_rows() {
  return {
      {"[{status: 500}]", "a list of records; '[]' are none"},
      {"|", "a text with a JSON object on each line"},
      {"{file: PATH}", "those of a file, in the format that its name stands for"},
      {"{count: N}", "as output: so many records, whatever they are"},
      {"{each: EXPRESSION}", "it is true for every one; also a list of expressions"},
      {"{any: EXPRESSION}", "it is true for at least one"},
      {"{none: EXPRESSION}", "it is true for none"},
  };
}

rows substitution_rows() {
  return {
      {"${NAME}", "the param of that name, else the variable of the environment"},
      {"${NAME:-default}", "the same, or 'default' where there is none"},
      {"${NAME:?message}", "the same, or 'message' as what is wrong with the file"},
      {"$${NAME}", "'${NAME}' itself"},
  };
}

std::string kept_for_later() {
  return fmt::format(
      "Keys of a stage that later versions give a meaning, and that can't be used until then: {}.",
      fmt::join(kept_stage_keys(), ", "));
}

}  // namespace

std::string pipeline_guide(std::size_t width) {
  const auto text = [&](std::string_view words) { return wrapped(words, width, margin); };
  const std::string name_words = name_rule;
  return "pipeline: the pipeline file\n" + text("How a pipeline file is written.") +
         "\nDESCRIPTION\n" + text(description) +                      //
         "\nKEYS OF A FILE\n" + options_text(file_keys(), width) +    //
         "\nKEYS OF A STAGE\n" + options_text(stage_keys(), width) +  //
         "\nNAMES\n" + text("Of pipelines, stages, ports and params: " + name_words + ".") +
         "\nFROM\n" + two_columns(from_rows(), margin, width) + "\n" + text(rejected) +  //
         "\nFAILURES\n" + text(failures) + "\n" +
         options_text(restart_keys().declarations(), width) + "\n" +
         options_text(backoff_keys().declarations(), width) + "\n" + text(retry) + "\n" +
         options_text(retry_keys().declarations(), width) + "\n" +
         options_text(retry_backoff_keys().declarations(), width) + "\n" + text(strategy) +  //
         "\nPARAMS\n" + text(params) + "\n" + options_text(param_keys(), width) +            //
         "\n" + text("In any value, also inside a text:") + "\n" +
         two_columns(substitution_rows(), margin, width) +                             //
         "\nVALUES\n" + text(yaml) +                                                   //
         "\nTESTS\n" + text(tests) + "\n" + two_columns(test_rows(), margin, width) +  //
         "\n" + text("RECORDS are one of these; the last four may stand in one map:") + "\n" +
         two_columns(record_rows(), margin, width) + "\n" + text(test_files) +  //
         "\nKEPT FOR LATER\n" + text(kept_for_later()) +                        //
         "\nSEE ALSO\n" +
         text(
             "'weir inspect expressions' is the manual of expressions, 'weir "
             "inspect TYPE' of a type of stage.");
}

}  // namespace weir
