#include "actors/transforms/parse.hpp"

#include <algorithm>

#include "actors/support/key_order.hpp"
#include "actors/support/side_by_side.hpp"

namespace weir::transforms {
namespace {

std::vector<field> typed_fields(const parse_options& options) {
  std::vector<field> fields;
  for (const auto& [name, type] : options.types) fields.push_back({name, type});
  return fields;
}

// The parser of formats whose fields are known; none for JSON, or a pattern that is none.
std::unique_ptr<text_parser> field_form(const parse_options& options) {
  if (options.format == parse_format::apache_combined) return make_apache_combined_parser();
  if (options.format == parse_format::json || !options.regex) return nullptr;
  auto made = make_regex_parser(*options.regex, typed_fields(options));
  return made ? std::move(*made) : nullptr;
}

std::vector<field> fields_made(const parse_options& options) {
  const auto form = field_form(options);
  return form ? form->fields() : typed_fields(options);
}

bool names(const std::vector<field>& fields, std::string_view name) {
  return std::any_of(fields.begin(), fields.end(), [&](const field& f) { return f.name == name; });
}

// The chunk without the columns for which `goes(name)`, and without its raw text.
template <class Goes>
chunk_ptr without(const chunk_ptr& from, Goes goes) {
  chunk::parts parts = from->all();
  parts.raw = nullptr;
  std::vector<field> fields;
  parts.columns.clear();
  moved_columns moved;
  for (std::size_t i = 0; i < from->columns().size(); ++i) {
    const field& f = from->schema()[i];
    moved.to.emplace_back();
    if (goes(f.name)) continue;
    moved.to.back() = static_cast<std::uint32_t>(fields.size());
    fields.push_back(f);
    parts.columns.push_back(from->columns()[i]);
  }
  parts.columns_schema = std::make_shared<const schema>(std::move(fields));
  parts.orders = moved_orders(*from, moved);
  return make_chunk(std::move(parts));
}

// Records that were taken apart, put together again: `first` at `first_rows`, `second` at the
// others.
chunk_ptr interleaved(const chunk_ptr& first, const std::vector<std::uint32_t>& first_rows,
                      const chunk_ptr& second, const std::vector<std::uint32_t>& second_rows) {
  const std::vector<chunk_ptr> both = {first, second};
  const auto all = concatenate(both);
  std::vector<std::uint32_t> from(all->rows());
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  for (auto& row : from) {
    const bool takes_first =
        b == second_rows.size() || (a < first_rows.size() && first_rows[a] < second_rows[b]);
    row = takes_first ? a++ : static_cast<std::uint32_t>(first_rows.size()) + b++;
  }
  chunk::parts parts;
  parts.columns_schema = all->shared_schema();
  parts.rows = all->rows();
  for (const auto& c : all->columns()) parts.columns.push_back(gather(*c, from));
  if (all->orders()) {
    key_orders orders = *all->orders();
    for (std::size_t i = 0; i < from.size(); ++i) orders.of_row[i] = all->orders()->of_row[from[i]];
    parts.orders = std::make_shared<const key_orders>(std::move(orders));
  }
  return make_chunk(std::move(parts));
}

}  // namespace

result<void> parse::open(context& in) {
  const column_demand& demand = in.demand(0);
  std::optional<std::vector<std::string>> wanted;
  if (!demand.all && demand.raw_formats.empty())
    wanted.emplace(demand.columns.begin(), demand.columns.end());
  parser_ = options_.format == parse_format::json
                ? make_json_parser(typed_fields(options_), std::move(wanted))
                : make_field_parser(field_form(options_), wanted);
  return {};
}

// The parsed records with the other columns of the records they come from.
chunk_ptr parse::with_columns(const chunk_ptr& records, const parsed_texts& parsed) const {
  const bool replaces = options_.format != parse_format::json;
  const auto parsed_ones = parsed.refused.empty() ? records : select(records, parsed.rows);
  const auto others = without(parsed_ones, [&](const std::string& name) {
    return (name == options_.column.column() && !options_.keep) ||
           (replaces && parsed.records->find(name) != nullptr);
  });
  const auto dense = others->selection() ? compact(others) : others;
  const std::vector<chunk_ptr> sides = {dense, parsed.records};
  auto joined = side_by_side(sides, true).records->all();
  joined.record_places = dense->record_places();
  return make_chunk(std::move(joined));
}

stage_answer parse::process(port_number, const chunk_ptr& records, outlet& out) {
  const auto parsed = parser_->parse(*records, options_.column.column());
  const auto& refused = parsed.refused;
  const auto made = with_columns(records, parsed);
  if (refused.empty() || options_.on_mismatch == parse_mismatch::reject) {
    for (const auto& r : refused) out.reject(*records, r.row, r.cause.code, r.cause.text);
    out.emit(made);
    return answer::wait;
  }
  std::vector<std::uint32_t> left;
  for (const auto& r : refused) left.push_back(r.row);
  const auto unchanged = compact(without(select(records, left), [](const auto&) { return false; }));
  auto parts = interleaved(made, parsed.rows, unchanged, left)->all();
  parts.record_places = compact(records)->record_places();
  out.emit(make_chunk(std::move(parts)));
  return answer::wait;
}

namespace {

// What is known where a column may come from the input or be parsed.
column_type type_of_either(const known_columns& in, const field& made) {
  const field* before = in.find(made.name);
  if (before == nullptr) return in.complete ? made.type : column_type::dynamic;
  return before->type == made.type ? made.type : column_type::dynamic;
}

known_columns columns_made(const parse_options& options, const known_columns& in) {
  const auto made = fields_made(options);
  const bool passes = options.on_mismatch == parse_mismatch::pass;
  const bool is_json = options.format == parse_format::json;
  const std::string& source = options.column.column();
  known_columns out{.fields = {}, .complete = in.complete && !is_json};
  for (const auto& f : in.fields)
    if ((f.name != source || options.keep || passes) && !names(made, f.name))
      out.fields.push_back(is_json ? field{f.name, column_type::dynamic} : f);
  known_columns others = in;
  if (!options.keep && !passes)
    std::erase_if(others.fields, [&](const field& f) { return f.name == source; });
  for (const auto& f : made)
    out.fields.push_back({f.name, is_json || passes ? type_of_either(others, f) : f.type});
  if (passes && !in.complete && in.find(source) == nullptr && !names(made, source))
    out.fields.push_back({source, column_type::dynamic});
  return out;
}

column_demand columns_wanted(const parse_options& options, const column_demand& below) {
  column_demand wanted = below;
  wanted.all = below.all || !below.raw_formats.empty();
  wanted.raw_formats.clear();
  if (options.format != parse_format::json && options.on_mismatch == parse_mismatch::reject)
    for (const auto& f : fields_made(options)) wanted.columns.erase(f.name);
  wanted.columns.insert(options.column.column());
  return wanted;
}

void check_pattern(const parse_options& options, const config_value& from, problems& found) {
  const config_value& at = *from.find("regex");
  auto form = make_regex_parser(*options.regex, {});
  if (!form) {
    const auto in = found.enter("option 'regex'");
    found.add(form.error().code, at.place.start, form.error().text);
    return;
  }
  const config_value* types = from.find("types");
  if (types == nullptr || !types->is_map()) return;
  std::vector<std::string> groups;
  for (const auto& f : (*form)->fields()) groups.push_back(f.name);
  const auto in = found.enter("option 'types'");
  for (const auto& entry : types->entries)
    if (std::find(groups.begin(), groups.end(), entry.key) == groups.end())
      found.add("unknown-column", entry.key_place,
                fmt::format("the pattern has no group {}{}", quoted(entry.key),
                            did_you_mean(entry.key, groups)));
}

void check_options(const parse_options& options, const config_value& from, problems& found) {
  const config_value* format = from.find("format");
  const config_value* regex = from.find("regex");
  const config_value* types = from.find("types");
  if (options.column.steps.size() > 1)
    found.add("not-a-column", from.find("column")->place.start,
              fmt::format("option 'column': '{}' lies inside of a column; only whole columns can "
                          "be parsed",
                          to_text(options.column)));
  if (options.format != parse_format::regex) {
    if (regex != nullptr)
      found.add(
          "conflicting-options", regex->place.start,
          fmt::format("option 'regex': 'format' is {}; give one of the two", quoted(format->text)));
  } else if (regex == nullptr) {
    found.add("missing-option", from.place.start,
              "there is nothing to parse by; give 'regex', 'format: json' or 'format: "
              "apache_combined'");
  } else if (options.regex) {
    check_pattern(options, from, found);
  }
  if (options.format == parse_format::apache_combined && types != nullptr)
    found.add("conflicting-options", types->place.start,
              "option 'types': the fields of 'apache_combined' have types already");
  for (const auto& [name, type] : options.types)
    if (type == column_type::bytes && options.format == parse_format::regex && types != nullptr)
      found.add("wrong-type", types->find(name)->place.start,
                fmt::format("option 'types', '{}': a part of a text can't be bytes", name));
}

}  // namespace

stage_type parse_stage() {
  return describe_stage<parse, parse_options>("parse")
      .summary("Makes columns of what stands in the text of one.")
      .description(
          "By `regex`: each named group of the pattern, as in `(?<status>[0-9]+)`, becomes a "
          "column; the pattern may match anywhere in the text unless it begins with `^` or ends "
          "with `$`.\n\n"
          "By `format: json`: each key of a JSON object becomes a column; keys that an object "
          "lacks leave the record's own columns as they are.\n\n"
          "By `format: apache_combined`: the lines of most web servers become the columns host, "
          "ident, user, time, method, path, protocol, status, bytes, referer and user_agent, "
          "without those that are `-`. Texts in quotes stay as the server wrote them: what it "
          "escaped, a quote as `\\\"` (Apache) or `\\x22` (nginx), other bytes as `\\xhh`, is kept "
          "so, "
          "for it need not be text.\n\n"
          "Columns of the same name that a record already has are replaced. A text that does not "
          "fit rejects its record.")
      .option("column", &parse_options::column, "The column whose text is parsed.")
      .option("format", &parse_options::format, "What the text is.",
              {choice{"regex", parse_format::regex, "what the pattern under `regex` says"},
               choice{"json", parse_format::json, "a JSON object"},
               choice{"apache_combined", parse_format::apache_combined,
                      "a line of a web server's access log, combined or common"}})
      .option("regex", &parse_options::regex,
              "A pattern in RE2's syntax; its named groups become columns.")
      .option("types", &parse_options::types,
              "Types of new columns by name; of a pattern's groups the others are strings.")
      .option("keep", &parse_options::keep, "Whether the text stays too.")
      .option("on_mismatch", &parse_options::on_mismatch,
              "What becomes of a record whose text does not fit.",
              {choice{"reject", parse_mismatch::reject, "it leaves through the `rejected` port"},
               choice{"pass", parse_mismatch::pass, "it goes on as it is, its text included"}})
      .checks(check_options)
      .rejects([](const parse_options& options) {
        return options.on_mismatch == parse_mismatch::reject;
      })
      .makes([](const parse_options& options, port_number, const std::vector<known_columns>& in) {
        return columns_made(options, in.front());
      })
      .wants(
          [](const parse_options& options, port_number, const std::vector<column_demand>& below) {
            return columns_wanted(options, below.front());
          })
      .holds_nothing()
      .shares_work()
      .keeps_nothing()
      .never_waits()
      .example(
          "{column: line, regex: \"^(?<host>[^ ]+) (?<status>[0-9]+)$\", types: {status: int}}")
      .example("{column: message, format: json, keep: true}")
      .example("{format: apache_combined}");
}

}  // namespace weir::transforms
