#include "pipelines/spec/yaml_reader.hpp"

#include <fmt/format.h>

#include <string>
#include <unordered_map>

#include "pipelines/spec/scalar_parts.hpp"
#include "pipelines/spec/yaml_events.hpp"
#include "pipelines/spec/yaml_text.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

// Builds values from events. An alias builds its anchor's events anew, so nothing is copied that
// nobody refers to, and the limits hold for what comes out.
class builder {
 public:
  builder(const yaml_text& places, const std::vector<yaml_event>& events, problems& found)
      : places_(places), events_(events), found_(found) {}

  /// None where a limit is passed.
  std::optional<config_value> build() {
    std::size_t at = 0;
    config_value root = value(at, 0);
    if (too_large_) return std::nullopt;
    return root;
  }

 private:
  // Places everything at one alias while it lives.
  class at_alias {
   public:
    at_alias(builder& owner, const yaml_event& alias) : owner_(owner), is_outer_(!owner.alias_) {
      if (is_outer_) owner_.alias_ = owner_.places_.place(alias.offset);
    }
    ~at_alias() {
      if (is_outer_) owner_.alias_.reset();
    }
    at_alias(const at_alias&) = delete;
    at_alias& operator=(const at_alias&) = delete;

   private:
    builder& owner_;
    bool is_outer_;
  };

  source_place place_of(const yaml_event& event) const {
    return alias_ ? *alias_ : places_.place(event.offset);
  }

  std::shared_ptr<const std::vector<text_part>> parts_of(const yaml_event& event) const {
    if (alias_)
      return std::make_shared<const std::vector<text_part>>(
          1, text_part{0, alias_->line, alias_->column, true});
    if (places_.is_as_written(event.offset, event.text)) return nullptr;
    return scalar_parts(places_, event.offset, event.text);
  }

  // Reads the event at `at` with its parts and moves behind them.
  config_value value(std::size_t& at, std::size_t depth) {
    const yaml_event& event = events_[at];
    config_value made;
    made.place = {place_of(event), event.style, nullptr};
    if (!within_limits(event, depth)) return made;
    switch (event.what) {
      case yaml_event::kind::null:
        break;
      case yaml_event::kind::alias: {
        const at_alias here(*this, event);
        std::size_t anchored = event.anchor;
        made = value(anchored, depth);
        break;
      }
      case yaml_event::kind::scalar:
        made.what = config_value::kind::scalar;
        made.text = event.text;
        made.place.parts = parts_of(event);
        break;
      case yaml_event::kind::list:
        made.what = config_value::kind::list;
        for (std::size_t part = at + 1; part < event.end && !too_large_;)
          made.items.push_back(value(part, depth + 1));
        break;
      case yaml_event::kind::map:
        made.what = config_value::kind::map;
        entries(at, depth + 1, made);
        break;
    }
    at = event.end;
    return made;
  }

  using known_keys = std::unordered_map<std::string, source_place>;

  void entries(std::size_t map, std::size_t depth, config_value& into) {
    known_keys known;
    for (std::size_t part = map + 1; part < events_[map].end && !too_large_;)
      entry(part, depth, known, into);
  }

  void entry(std::size_t& at, std::size_t depth, known_keys& known, config_value& into) {
    const yaml_event& key_event = events_[at];
    config_value key = value(at, depth);
    const source_place key_place = place_of(key_event);
    config_value content = value(at, depth);
    if (!accept_key(key, key_event, key_place, known)) return;
    into.entries.push_back({std::move(key.text), key_place, std::move(content)});
  }

  bool accept_key(const config_value& key, const yaml_event& event, const source_place& place,
                  known_keys& known) {
    const bool is_new_to_the_user = !alias_;
    if (!key.is_scalar()) {
      if (is_new_to_the_user)
        found_.add("odd-key", place,
                   fmt::format("{} stands where a key is wanted", described(key)));
      return false;
    }
    if (key.text == "<<" && event.style == scalar_style::plain) {
      if (is_new_to_the_user)
        found_.add("merge-key", place,
                   "'<<' (merge) is not taken; write the keys out, or give a whole value an anchor "
                   "and use it as 'key: *anchor'");
      return false;
    }
    const auto [same, is_new] = known.emplace(key.text, place);
    if (is_new) return true;
    if (is_new_to_the_user)
      found_.add("duplicate-key", place,
                 fmt::format("key {} stands here for the second time; the first is at {}:{}",
                             quoted(key.text), same->second.line, same->second.column));
    return false;
  }

  bool within_limits(const yaml_event& event, std::size_t depth) {
    if (too_large_) return false;
    const bool nests = event.what == yaml_event::kind::list || event.what == yaml_event::kind::map;
    if (nests && depth >= yaml_depth_max)
      refuse(event,
             fmt::format("lists and maps stand in each other more than {} deep", yaml_depth_max));
    else if (event.what != yaml_event::kind::alias && ++nodes_ > yaml_nodes_max)
      refuse(event, fmt::format("more than {} keys and values once aliases are written out",
                                yaml_nodes_max));
    return !too_large_;
  }

  void refuse(const yaml_event& event, std::string text) {
    too_large_ = true;
    found_.add("too-large", place_of(event), std::move(text));
  }

  const yaml_text& places_;
  const std::vector<yaml_event>& events_;
  problems& found_;
  std::optional<source_place> alias_;
  std::size_t nodes_ = 0;
  bool too_large_ = false;
};

// The offset of the first byte that no text holds; the parser takes some of them for the end.
std::optional<std::size_t> first_odd_byte(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F) return i;
  }
  if (is_utf8(text)) return std::nullopt;
  std::size_t good = 0;
  std::size_t bad = text.size();
  while (bad - good > 1) {
    const std::size_t middle = good + (bad - good) / 2;
    // A cut within a character is moved to its start, so that only true faults count.
    std::size_t cut = middle;
    while (cut > good && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
    if (cut > good && is_utf8(text.substr(good, cut - good)))
      good = cut;
    else if (cut == good)
      break;
    else
      bad = cut;
  }
  return good;
}

}  // namespace

std::optional<config_value> read_yaml(std::string_view text, std::string_view file_name,
                                      problems& found) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const yaml_text places(text, file_name);
  if (text.size() > yaml_bytes_max) {
    found.add("too-large", places.place(0),
              fmt::format("{} bytes; a file holds at most {}", text.size(), yaml_bytes_max));
    return std::nullopt;
  }
  if (const auto odd = first_odd_byte(text)) {
    found.add("not-text", places.place(*odd),
              fmt::format("byte 0x{:02X} is not part of a text in UTF-8",
                          static_cast<unsigned char>(text[*odd])));
    return std::nullopt;
  }
  std::vector<yaml_event> events;
  if (!read_yaml_events(places, text, events, found)) return std::nullopt;
  if (events.empty()) {
    config_value nothing;
    nothing.place.start = places.place(0);
    return nothing;
  }
  return builder(places, events, found).build();
}

}  // namespace weir
