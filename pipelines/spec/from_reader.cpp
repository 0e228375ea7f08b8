#include "pipelines/spec/from_reader.hpp"

#include <fmt/format.h>

#include "runtime/base/text.hpp"

namespace weir {
namespace {

bool read_member(const config_value& from, std::vector<stage_reference>& into, problems& found) {
  if (!from.is_scalar()) {
    found.add("odd-from", from.place.start,
              fmt::format("{} is not a stage; write 'stage' or 'stage.port'", described(from)));
    return false;
  }
  stage_reference made;
  if (!read_stage_reference(from.text, from.place, made, found)) return false;
  into.push_back(std::move(made));
  return true;
}

bool read_members(const config_value& from, std::vector<stage_reference>& into, problems& found) {
  if (!from.is_list()) return read_member(from, into, found);
  bool fits = true;
  if (from.items.empty()) {
    found.add("odd-from", from.place.start, "the list names no stage");
    fits = false;
  }
  for (const auto& item : from.items) fits = read_member(item, into, found) && fits;
  return fits;
}

}  // namespace

bool read_stage_reference(const std::string& text, const text_place& place, stage_reference& into,
                          problems& found) {
  const auto dot = text.find('.');
  into.stage = text.substr(0, dot);
  if (dot != std::string::npos) into.port = text.substr(dot + 1);
  into.place = place;
  if (!into.stage.empty() && (dot == std::string::npos || !into.port.empty()) &&
      into.port.find('.') == std::string::npos)
    return true;
  found.add("odd-from", place.start,
            fmt::format("{} is not a stage; write 'stage' or 'stage.port'", quoted(text)));
  return false;
}

from_spec read_from(const config_value& from, problems& found) {
  const auto in = found.enter("'from'");
  from_spec made;
  made.place = from.place.start;
  bool fits = true;
  switch (from.what) {
    case config_value::kind::null:
      found.add("odd-from", from.place.start, "it names no stage; leave it out or write a stage");
      made.what = from_spec::form::list;
      fits = false;
      break;
    case config_value::kind::scalar:
      made.what = from_spec::form::one;
      fits = read_member(from, made.members, found);
      break;
    case config_value::kind::list:
      made.what = from_spec::form::list;
      fits = read_members(from, made.members, found);
      break;
    case config_value::kind::map:
      made.what = from_spec::form::map;
      if (from.entries.empty()) {
        found.add("odd-from", from.place.start, "the map names no input");
        fits = false;
      }
      for (const auto& entry : from.entries) {
        auto& input = made.named.emplace_back();
        input.name = entry.key;
        input.place = entry.key_place;
        fits = read_members(entry.value, input.members, found) && fits;
      }
      break;
  }
  made.is_complete = fits;
  return made;
}

}  // namespace weir
