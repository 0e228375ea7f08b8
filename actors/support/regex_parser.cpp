#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <set>

#include "actors/codecs/convert.hpp"
#include "actors/support/jit_pattern.hpp"
#include "actors/support/run_pattern.hpp"
#include "actors/support/text_parser.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

// RE2 of 2022 knows named groups only as (?P<name>...).
std::string with_old_names(std::string_view pattern) {
  std::string out;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    out += c;
    if (c == '\\' && i + 1 < pattern.size()) {
      out += pattern[++i];
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
      // A bracket that comes first is a character of the class.
      if (pattern.substr(i + 1, 1) == "^") out += pattern[++i];
      if (pattern.substr(i + 1, 1) == "]") out += pattern[++i];
    } else if (c == '(' && pattern.substr(i + 1, 2) == "?<" && pattern.substr(i + 3, 1) != "=" &&
               pattern.substr(i + 3, 1) != "!") {
      out += "?P<";
      i += 2;
    }
  }
  return out;
}

value_view view_of(const codecs::converted_value& read, std::string_view text) {
  value_view value;
  value.kind = read.kind;
  switch (read.kind) {
    case value_kind::boolean:
      value.boolean = read.int64 != 0;
      break;
    case value_kind::float64:
      value.float64 = read.float64;
      if (read.keeps_text) value.text = text;
      break;
    case value_kind::string:
    case value_kind::json:
      value.text = text;
      break;
    default:
      value.int64 = read.int64;
  }
  return value;
}

class regex_parser final : public text_parser {
 public:
  regex_parser(std::unique_ptr<re2::RE2> pattern, const std::vector<field>& types)
      : pattern_(std::move(pattern)) {
    for (const auto& [group, name] : pattern_->CapturingGroupNames()) {
      const auto typed =
          std::find_if(types.begin(), types.end(), [&](const field& f) { return f.name == name; });
      fields_.push_back({name, typed == types.end() ? column_type::string : typed->type});
      const part made{static_cast<std::size_t>(group), fields_.size() - 1};
      (fields_.back().type == column_type::string ? texts_ : typed_).push_back(made);
    }
    found_.resize(static_cast<std::size_t>(pattern_->NumberOfCapturingGroups()) + 1);
    pieces_.resize(found_.size());
    together_.resize(found_.size());
    values_.resize(typed_.size());
    runs_ = run_pattern::of(pattern_->pattern());
    if (!runs_) jit_ = jit_pattern::of(pattern_->pattern());
  }

  const std::vector<field>& fields() const override { return fields_; }

  void parse(const text_rows& texts, field_columns& into, parsed_texts& out) override {
    const auto read_one = [&](std::string_view text, const field_columns::row& row) {
      return parse_text(text, row);
    };
    if (!runs_) return texts.parse_each(into, out, read_one);
    texts.parse_together<run_pattern::at_once>(
        into, out,
        [&](const auto& several, const auto& refs) { return parse_all(several, refs, into); },
        read_one);
  }

 private:
  static constexpr std::size_t at_once = run_pattern::at_once;

  bool parse_all(const std::array<std::string_view, at_once>& texts,
                 const std::array<const string_ref*, at_once>& refs, field_columns& into) {
    if (!runs_->match_all(texts, together_) || !convert_all()) return false;
    const bool in_one_buffer = into.has_one_buffer();
    if (in_one_buffer) {
      const auto rows = into.begin_rows<at_once>();
      for (const auto& [group, field] : texts_) rows.set_texts(field, together_[group]);
      if (typed_.empty()) {
        into.add_rows(rows);
        return true;
      }
    }
    for (std::size_t i = 0; i < at_once; ++i) {
      const auto row = into.begin_row(texts[i], *refs[i]);
      if (!in_one_buffer)
        for (const auto& [group, field] : texts_) row.set_text(field, together_[group][i]);
      for (std::size_t t = 0; t < typed_.size(); ++t) row.set(typed_[t].field, values_[t][i]);
      into.add_row(row);
    }
    return true;
  }

  // The values of other types, all of them before a row has any.
  bool convert_all() {
    for (std::size_t t = 0; t < typed_.size(); ++t)
      for (std::size_t i = 0; i < at_once; ++i) {
        const std::string_view text = together_[typed_[t].group][i];
        const auto read = codecs::convert(text, fields_[typed_[t].field].type);
        if (!read) return false;
        values_[t][i] = view_of(*read, text);
      }
    return true;
  }

  result<void> parse_text(std::string_view text, const field_columns::row& into) {
    if (!match(text))
      return failure("no-match", fmt::format("{} does not match the pattern", quoted(text)));
    return set_fields(into);
  }

  result<void> set_fields(const field_columns::row& into) const {
    for (const auto& [group, field] : texts_) {
      const std::string_view found = found_[group];
      if (found.data() == nullptr) {
        into.set_null(field);
      } else {
        into.set_text(field, found);
      }
    }
    for (const auto& [group, field] : typed_) {
      const std::string_view found = found_[group];
      const column_type type = fields_[field].type;
      if (found.data() == nullptr) {
        into.set_null(field);
      } else if (const auto read = codecs::convert(found, type)) {
        into.set(field, view_of(*read, found));
      } else {
        return failure("type-mismatch", codecs::mismatch_reason(fields_[field].name, found, type));
      }
    }
    return {};
  }

  // One pass where the pattern needs no choice, machine code where there is some and it does not
  // give up, else RE2: all find the same.
  bool match(std::string_view text) {
    if (runs_) {
      const auto one_pass = runs_->match(text, found_);
      if (one_pass != run_pattern::found::unknown) return one_pass == run_pattern::found::match;
    }
    const auto quick = jit_ ? jit_->match(text, found_) : jit_pattern::found::unknown;
    if (quick != jit_pattern::found::unknown) return quick == jit_pattern::found::match;
    if (!pattern_->Match(re2::StringPiece(text.data(), text.size()), 0, text.size(),
                         re2::RE2::UNANCHORED, pieces_.data(), static_cast<int>(pieces_.size())))
      return false;
    for (std::size_t i = 0; i < pieces_.size(); ++i)
      found_[i] = {pieces_[i].data(), pieces_[i].size()};
    return true;
  }

  std::unique_ptr<re2::RE2> pattern_;
  std::optional<run_pattern> runs_;
  std::unique_ptr<jit_pattern> jit_;
  std::vector<field> fields_;
  struct part {
    std::size_t group;
    std::size_t field;
  };
  std::vector<part> texts_;              // of strings
  std::vector<part> typed_;              // of other types
  std::vector<std::string_view> found_;  // by group
  std::vector<re2::StringPiece> pieces_;
  // Of texts that are matched together.
  std::vector<std::array<std::string_view, at_once>> together_;  // by group
  std::vector<std::array<value_view, at_once>> values_;          // as `typed_`
};

}  // namespace

result<std::unique_ptr<text_parser>> make_regex_parser(const std::string& pattern,
                                                       const std::vector<field>& types) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_unique<re2::RE2>(with_old_names(pattern), options);
  if (!compiled->ok())
    return failure(
        "pattern",
        fmt::format("{} is not a regular expression: {}", quoted(pattern), compiled->error()),
        compiled->error_arg());
  if (compiled->NamedCapturingGroups().empty())
    return failure("pattern", fmt::format("{} has no named group, as in '(?<status>[0-9]+)'",
                                          quoted(pattern)));
  // RE2 takes a name twice and then knows only one of the groups by it.
  std::set<std::string> names;
  for (const auto& [group, name] : compiled->CapturingGroupNames())
    if (!names.insert(name).second)
      return failure("pattern",
                     fmt::format("two groups of {} are named {}", quoted(pattern), quoted(name)));
  return std::make_unique<regex_parser>(std::move(compiled), types);
}

}  // namespace weir
