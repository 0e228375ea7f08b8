#include <fmt/format.h>

#include "pipelines/inspect/guides.hpp"
#include "pipelines/inspect/manual_layout.hpp"
#include "pipelines/inspect/text_layout.hpp"
#include "runtime/expression/aggregate_expression.hpp"
#include "runtime/expression/functions.hpp"
#include "runtime/expression/macros.hpp"

namespace weir {
namespace {

using rows = std::vector<std::pair<std::string, std::string>>;

constexpr const char* description =
    R"(An expression is computed for each record by itself, from the record's columns: as the
condition of 'filter' and 'route', for the new columns of 'map', inside the aggregates of
'aggregate'.

    status >= 500 || duration_ms > 1000
    path.startsWith('/api/') && !(method in ['GET', 'HEAD'])
    duration_ms / 1000
    has(user.name) ? user.name.lowerAscii() : 'nobody'

In a pipeline file it stands best in double quotes, with the texts in it in single ones. A
record for which it can't be computed, as where a text is compared with a number, leaves
through the output 'rejected' of the stage, with the reason.

The language is CEL, the Common Expression Language (https://cel.dev), with the rules for
columns, numbers and nulls that are told below.)";

constexpr const char* columns =
    R"(Where all columns are known, because a stage above declares or makes them, 'weir check'
refuses the name of any other; where records may have any columns, a name that a record does
not have is null.)";

constexpr const char* numbers =
    R"(A number of a column that nobody declared divides as a fraction, whether it was written 1500
or 1500.0. Between two ints that are known to be such (written out, declared, or made by
'int' or 'size') '/' cuts the decimals, as in CEL. An int with a double gives a double. An
int that does not fit 64 bits, or is divided by zero, rejects its record.)";

constexpr const char* lists =
    R"(A list or map is a JSON value, whether it was read or is written in the expression: a
timestamp, duration or bytes in it becomes a text. These methods go through the items of a
list, or the keys of a map, each under the name that is written first. A condition that is
null counts as not true; only 'all' and 'exists' are null where it might have decided.)";

constexpr const char* nulls =
    R"(A column that is not there is null, and so is a step of a path that is not there. What is
computed of null is null; only '==', '!=' and 'in' compare it as a value. A condition that
is null counts as not true: 'filter' leaves the record out, 'route' tries the next port, '?'
takes what stands behind ':'.)";

rows value_rows() {
  return {
      {"true  false  null", "in lower case"},
      {"7  -7  0x1F", "int, of 64 bits"},
      {"0.5  1e3", "double"},
      {"'text'  \"text\"", "string; '\\n', '\\t', '\\\\' and '\\u00e9' are escapes"},
      {"r'\\d+'", "string without escapes: for regular expressions"},
      {"b'\\xff'", "bytes"},
      {"[1, 'a']", "list"},
      {"{'name': host, 'n': 1}", "map; its keys are texts"},
      {"timestamp('2026-03-01T12:00:00Z')", "timestamp, of nanoseconds"},
      {"duration('1h30m')", "duration, of nanoseconds"},
  };
}

rows column_rows() {
  return {
      {"status", "a column"},
      {"user.name", "the key 'name' of a column that holds a map"},
      {"headers['x-id']", "a key that is no name"},
      {"tags[0]", "an item of a list, from 0"},
      {"`user agent`", "a column that is no name, or is called like a word of the language"},
      {".name", "the column, where a list's item is called so"},
      {"_file", "the file that the record was read from"},
      {"_line", "the number of its line there, from 1"},
      {"_offset", "the byte that it begins at, from 0"},
  };
}

// From what binds tightest to what binds least.
rows operator_rows() {
  return {
      {"!  -", "not, negative"},
      {"*  /  %", "product, quotient, remainder of ints"},
      {"+  -",
       "sum and difference, also of timestamps and durations; '+' joins strings, bytes, and "
       "lists"},
      {"<  <=  >  >=  ==  !=", "comparison of values of one type; int with double is one"},
      {"in", "whether a list has the item, or a map the key"},
      {"&&", "and"},
      {"||", "or"},
      {"c ? a : b", "'a' where 'c' is true, else 'b'"},
  };
}

rows number_rows() {
  return {
      {"duration_ms / 1000", "1.5, where the column is 1500 and nobody declared it"},
      {"7 / 2", "3"},
      {"7 / 2.0", "3.5"},
      {"int(duration_ms) / 1000", "1"},
  };
}

rows null_rows() {
  return {
      {"x + 1   x < 1   size(x)", "null, where x is null or not there"},
      {"x == null   x in [null]", "true"},
      {"x && false   x || true", "false and true, as x does not matter; else null"},
      {"has(x)", "false; true where x is there and not null"},
  };
}

// As options are told: what is written, and below it what it gives.
template <class Entry>
std::string entry_text(const Entry& of, std::size_t width) {
  return wrapped(of.signature, width, margin) +
         wrapped(fmt::format("{} As in {}", of.summary, of.example), width, 2 * margin);
}

std::string macro_text(std::size_t width) {
  std::string out;
  for (const auto& m : syntax::macros()) out += entry_text(m, width);
  return out;
}

std::string_view heading_of(function_family family) {
  switch (family) {
    case function_family::presence:
      return "VALUES THAT ARE THERE";
    case function_family::text:
      return "TEXTS: TESTS AND FORM";
    case function_family::edit:
      return "TEXTS: PARTS";
    case function_family::list:
      return "LISTS: FUNCTIONS";
    case function_family::conversion:
      return "CONVERSIONS";
    case function_family::time:
      return "TIMES";
    case function_family::math:
      return "NUMBERS: FUNCTIONS";
  }
  return {};
}

// Each family under a heading of its own.
std::string function_text(std::size_t width) {
  std::string out;
  const function_entry* last = nullptr;
  for (const auto& f : functions()) {
    if (last == nullptr || last->family != f.family)
      out += fmt::format("\n{}\n", heading_of(f.family));
    out += entry_text(f, width);
    last = &f;
  }
  return out;
}

std::string aggregates_text() {
  std::vector<std::string> names;
  for (const auto& name : aggregate_functions()) names.push_back(name + "(...)");
  return fmt::format(
      "{}: of many records one value, in the stage 'aggregate' alone; see 'weir "
      "inspect aggregate'.",
      fmt::join(names, ", "));
}

}  // namespace

std::string expression_guide(std::size_t width) {
  const auto text = [&](std::string_view words) { return wrapped(words, width, margin); };
  const auto table = [&](const rows& of) { return two_columns(of, margin, width); };
  return "expressions: the language of conditions and columns\n" +
         text("How conditions and computed columns are written.") +       //
         "\nDESCRIPTION\n" + text(description) +                          //
         "\nCOLUMNS\n" + table(column_rows()) + "\n" + text(columns) +    //
         "\nVALUES\n" + table(value_rows()) +                             //
         "\nOPERATORS, THE TIGHTEST FIRST\n" + table(operator_rows()) +   //
         "\nNUMBERS\n" + text(numbers) + "\n" + table(number_rows()) +    //
         "\nNULL\n" + text(nulls) + "\n" + table(null_rows()) +           //
         "\nLISTS AND MAPS\n" + text(lists) + "\n" + macro_text(width) +  //
         function_text(width) + "\n" +
         text(
             "What stands in brackets may be left out; a zone is 'UTC', '+02:00' or "
             "'Europe/Berlin'. Regular expressions are RE2's.") +  //
         "\nAGGREGATES\n" +
         text(aggregates_text()) +  //
         "\nSEE ALSO\n" + text("'weir inspect pipeline' is the manual of the pipeline file.");
}

}  // namespace weir
