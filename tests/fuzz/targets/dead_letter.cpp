// The lines of a file of dead letters, on any bytes. Holds: a line is refused with a reason of one
// line, or it is a letter which, written in the one shape of rejected records, is the same again.

#include "pipelines/replay/dead_letter.hpp"

#include <fmt/format.h>

#include "runtime/base/base64.hpp"
#include "runtime/base/text.hpp"
#include "runtime/data/records.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/fuzz/targets.hpp"

namespace weir::testing {
namespace {

std::string written(const dead_letter& letter) {
  std::string line = "{\"stage\":";
  append_json_string(line, letter.stage);
  line += ",\"code\":";
  append_json_string(line, letter.code);
  line += ",\"file\":";
  append_json_string(line, letter.file);
  line += fmt::format(",\"offset\":{},\"line\":{},", letter.offset, letter.line);
  if (letter.what == dead_letter::form::record) return line + "\"record\":" + letter.content + "}";
  line += "\"raw\":\"";
  append_base64(line, letter.content);
  return line + "\"}";
}

}  // namespace

void fuzz_dead_letter(std::string_view bytes) {
  fuzz_input from(bytes);
  for (const auto line : split(from.text(), '\n')) {
    const auto letter = read_dead_letter(line);
    if (!letter) {
      require(!letter.error().text.empty(), "a refusal without a reason");
      require(letter.error().text.find('\n') == std::string::npos, "a reason of several lines");
      continue;
    }
    const auto again = read_dead_letter(written(*letter));
    require(again.has_value(), "a letter that is none when it is written again");
    require_same(again->stage, letter->stage, "stage");
    require_same(again->code, letter->code, "code");
    require_same(again->file, letter->file, "file");
    require(again->offset == letter->offset && again->line == letter->line, "another place");
    require(again->what == letter->what, "another form");
    require_same(again->content, letter->content, "content");
    require(!letter->stage.empty(), "a letter of no stage");
  }
}

}  // namespace weir::testing
