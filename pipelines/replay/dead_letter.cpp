#include "pipelines/replay/dead_letter.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "runtime/base/base64.hpp"
#include "runtime/base/text.hpp"
#include "runtime/data/json_text.hpp"

namespace weir {
namespace {

using members = std::map<std::string, std::string_view>;  // values as they stand

tl::unexpected<error> no_letter(std::string text) {
  return failure("not-a-dead-letter", std::move(text));
}

std::string name_of(std::string_view key) {
  std::string name;
  append_unescaped(name, key);
  return name;
}

// Null is as good as nothing.
std::optional<std::string_view> find(const members& in, const char* key) {
  const auto found = in.find(key);
  if (found == in.end() || found->second == "null") return std::nullopt;
  return found->second;
}

std::optional<std::string> text_of(std::string_view value) {
  if (!value.starts_with('"')) return std::nullopt;
  std::string text;
  append_unescaped(text, value.substr(1, value.size() - 2));
  return text;
}

result<std::string> text_under(const members& in, const char* key) {
  const auto value = find(in, key);
  if (!value) return std::string();
  auto text = text_of(*value);
  if (!text) return no_letter(fmt::format("'{}' is a text, found {}", key, quoted(*value)));
  return *std::move(text);
}

result<std::uint64_t> number_under(const members& in, const char* key) {
  const auto value = find(in, key);
  if (!value) return std::uint64_t{0};
  std::uint64_t number = 0;
  const auto [end, code] = std::from_chars(value->data(), value->data() + value->size(), number);
  if (code != std::errc() || end != value->data() + value->size())
    return no_letter(fmt::format("'{}' is a whole number, found {}", key, quoted(*value)));
  return number;
}

result<void> take_content(const members& in, dead_letter& into) {
  const auto record = find(in, "record");
  const auto raw = find(in, "raw");
  if (!record && !raw) return no_letter("it has neither 'record' nor 'raw'");
  if (record && raw) return no_letter("it has both 'record' and 'raw'");
  if (record) {
    if (!record->starts_with('{'))
      return no_letter(fmt::format("'record' is an object, found {}", quoted(*record)));
    into.content = *record;
    return {};
  }
  into.what = dead_letter::form::raw;
  const auto text = text_of(*raw);
  auto bytes = text ? parse_base64(*text) : std::nullopt;
  if (!bytes) return no_letter(fmt::format("'raw' is bytes in base64, found {}", quoted(*raw)));
  into.content = *std::move(bytes);
  return {};
}

}  // namespace

result<dead_letter> read_dead_letter(std::string_view line) {
  if (const auto wrong = check_json(line))
    return no_letter(fmt::format("no JSON at byte {}: {}", wrong->offset + 1, wrong->text));
  line.remove_prefix(line.find_first_not_of(" \t\r\n"));
  if (!line.starts_with('{'))
    return no_letter(fmt::format("an object is asked for, found {}", quoted(line)));
  members all;
  each_json_member(line, [&](std::string_view key, std::string_view value) {
    all.try_emplace(name_of(key), value);
  });
  dead_letter made;
  for (const auto& [key, into] :
       {std::pair{"stage", &made.stage}, {"code", &made.code}, {"file", &made.file}}) {
    auto text = text_under(all, key);
    if (!text) return failure(std::move(text.error()));
    *into = *std::move(text);
  }
  if (made.stage.empty())
    return no_letter("it has no 'stage', which names the one that rejected the record");
  for (const auto& [key, into] : {std::pair{"offset", &made.offset}, {"line", &made.line}}) {
    const auto number = number_under(all, key);
    if (!number) return failure(number.error());
    *into = *number;
  }
  if (auto taken = take_content(all, made); !taken) return failure(std::move(taken.error()));
  return made;
}

}  // namespace weir
