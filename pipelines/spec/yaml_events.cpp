#include "pipelines/spec/yaml_events.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <optional>
#include <sstream>
#include <unordered_map>

#include "pipelines/spec/yaml_reader.hpp"
#include "pipelines/spec/yaml_syntax.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

// Ends the parser from within one of its calls; never leaves this file.
struct stop_reading {
  std::string code;
  std::size_t offset;
  std::string text;
};
// The same, where all that counts was read.
struct end_reading {};

class recorder final : public YAML::EventHandler {
 public:
  recorder(const yaml_text& places, std::vector<yaml_event>& into, problems& found)
      : places_(places), events_(into), found_(found) {}

  /// Where the innermost open list or map begins; none at the top.
  std::optional<std::size_t> open_offset() const {
    return open_.empty() ? std::nullopt : std::optional(events_[open_.back()].offset);
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    const std::size_t offset = offset_of(mark);
    found_.add(
        "second-document", places_.place(offset),
        places_.from(offset).starts_with("---")
            ? "a second document begins here; a file holds one"
            : "this line belongs to nothing above it; indent it like the lines it goes with");
    throw end_reading{};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(yaml_event::kind::null, places_.null_at(offset_of(mark)), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::size_t offset = offset_of(mark);
    const std::size_t anchored = anchors_.at(anchor);
    if (events_[anchored].end == 0)
      throw stop_reading{"yaml-syntax", offset, "an alias stands inside the value it stands for"};
    add(yaml_event::kind::alias, offset, 0).anchor = anchored;
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    const std::size_t offset = own_text(mark);
    if (!places_.is_closed(offset))
      throw stop_reading{"yaml-syntax", offset, "the quote that opens here is never closed"};
    yaml_event& event = add(yaml_event::kind::scalar, offset, anchor);
    event.style = places_.style(offset, value);
    event.text = value;
    const std::string_view tag = places_.tag(offset_of(mark));
    if (tag.empty() || tag.starts_with("!!") || tag.starts_with("!<")) return;
    // Most likely a text whose quotes were forgotten: taken as such, it tells nothing untrue.
    event.offset = offset_of(mark);
    event.text = fmt::format("{}{}{}", tag, value.empty() ? "" : " ", value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    enter(yaml_event::kind::list, mark, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    enter(yaml_event::kind::map, mark, anchor);
  }
  void OnSequenceEnd() override { leave(); }
  void OnMapEnd() override { leave(); }

 private:
  std::size_t offset_of(const YAML::Mark& mark) const {
    return mark.pos < 0 ? places_.size() : static_cast<std::size_t>(mark.pos);
  }

  // The offset of the node's text; its tag is refused on the way.
  std::size_t own_text(const YAML::Mark& mark) {
    const std::size_t offset = offset_of(mark);
    if (const std::string_view tag = places_.tag(offset); !tag.empty())
      found_.add(
          "yaml-tag", places_.place(offset),
          fmt::format("a value that begins with '!' is read as a YAML tag, here {}, and tags "
                      "are not taken; put quotes around it",
                      quoted(tag)));
    return places_.behind_properties(offset);
  }

  yaml_event& add(yaml_event::kind what, std::size_t offset, YAML::anchor_t anchor) {
    if (events_.size() == yaml_nodes_max)
      throw stop_reading{"too-large", offset,
                         fmt::format("more than {} keys and values", yaml_nodes_max)};
    if (anchor != 0) anchors_[anchor] = events_.size();
    yaml_event& event = events_.emplace_back();
    event.what = what;
    event.offset = offset;
    if (what != yaml_event::kind::list && what != yaml_event::kind::map) event.end = events_.size();
    return event;
  }

  void enter(yaml_event::kind what, const YAML::Mark& mark, YAML::anchor_t anchor) {
    const std::size_t offset = own_text(mark);
    if (open_.size() == yaml_depth_max)
      throw stop_reading{
          "too-large", offset,
          fmt::format("lists and maps stand in each other more than {} deep", yaml_depth_max)};
    open_.push_back(events_.size());
    add(what, offset, anchor);
  }
  void leave() {
    events_[open_.back()].end = events_.size();
    open_.pop_back();
  }

  const yaml_text& places_;
  std::vector<yaml_event>& events_;
  problems& found_;
  std::vector<std::size_t> open_;  // lists and maps not yet left
  std::unordered_map<YAML::anchor_t, std::size_t> anchors_;
  int documents_ = 0;
};

}  // namespace

bool read_yaml_events(const yaml_text& places, std::string_view text, std::vector<yaml_event>& into,
                      problems& found) {
  std::istringstream stream{std::string(text)};
  problems in_nodes;
  recorder record(places, into, in_nodes);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(record)) {
    }
  } catch (const end_reading&) {
    // What follows is not read; the problem is noted.
  } catch (const stop_reading& stop) {
    found.add(stop.code, places.place(stop.offset), stop.text);
    return false;
  } catch (const YAML::ParserException& syntax) {
    const auto offset =
        syntax.mark.pos < 0 ? text.size() : static_cast<std::size_t>(syntax.mark.pos);
    const auto readable = explain_yaml_syntax(places, offset, syntax.msg, record.open_offset());
    found.add("yaml-syntax", places.place(readable.offset), readable.text);
    return false;
  }
  for (const auto& p : in_nodes.all()) found.add(p.code, p.place, p.text);
  return true;
}

}  // namespace weir
