#include "actors/sinks/print.hpp"

#include <unistd.h>

#include "actors/codecs/csv_writer.hpp"
#include "actors/codecs/ndjson_writer.hpp"

namespace weir::sinks {

result<void> print::open(context& in) {
  writer_.emplace(STDOUT_FILENO, "standard output", in);
  if (options_.format == print_format::by_terminal)
    options_.format = ::isatty(STDOUT_FILENO) != 0 ? print_format::table : print_format::ndjson;
  switch (options_.format) {
    case print_format::table:
      format_ = std::make_unique<text_table>();
      break;
    case print_format::csv:
      format_ =
          std::make_unique<codecs::csv_writer>(codecs::csv_writer_options{.known = in.known(0)});
      break;
    default:
      format_ = std::make_unique<codecs::ndjson_writer>();
  }
  if (preparation_) preparation_->offer(*format_);
  return {};
}

std::vector<configured_stage::instance> print::make_prepared(const print_options& options,
                                                             unsigned count) {
  auto made = std::make_unique<print>(options);
  auto shared = made->preparation_ = std::make_shared<text_preparation>();
  return with_preparers(std::move(made), shared, count);
}

stage_answer print::consume(const chunk_ptr& records, outlet& out) {
  if (const auto& text = records->prepared()) return write(text->view());
  std::vector<codecs::refused_record> refused;
  format_->write(*records, text_, refused);
  for (const auto& r : refused) out.reject(*records, r.row, r.code, r.reason);
  if (preparation_) preparation_->offer(*format_);
  return write_gathered();
}

stage_answer print::on_mark(mark what, outlet&) {
  if (what.what == mark::kind::flush && options_.format == print_format::table)
    static_cast<text_table&>(*format_).let_go(text_);
  return write_gathered();
}

result<void> print::flush() {
  format_->finish(text_);
  if (const auto written = write_gathered(); !written) return failure(written.error());
  return {};
}

stage_answer print::write_gathered() {
  auto given = write(text_.view());
  text_.clear();
  return given;
}

stage_answer print::write(std::string_view text) {
  const auto written = writer_->write(text);
  if (!written) return failure(written.error());
  return *written == waiting_writer::written::all ? answer::wait : answer::end;
}

stage_type print_stage() {
  return describe_stage<print, print_options>("print")
      .summary("Writes records to standard output.")
      .description(
          "On a terminal a table for people, whose first rows decide the widths of its columns; "
          "otherwise NDJSON, so that `weir run ... | jq` just works. When the reader of standard "
          "output goes away (`| head`), the pipeline ends without failure, as far as nobody else "
          "wants the records.")
      .option(
          "format", &print_options::format, "How records are written.",
          {choice{"by_terminal", print_format::by_terminal, "a table on a terminal, else ndjson"},
           choice{"table", print_format::table, "aligned columns, long texts cut"},
           choice{"ndjson", print_format::ndjson, "a JSON object a line"},
           choice{
               "csv", print_format::csv,
               "comma-separated values; the columns are the first record's and all that are known "
               "before it"}})
      .wants([](const print_options& options, port_number, const std::vector<column_demand>&) {
        const bool may_be_raw =
            options.format == print_format::by_terminal || options.format == print_format::ndjson;
        column_demand wanted;
        wanted.all = options.format != print_format::ndjson;
        if (may_be_raw) wanted.raw_formats = {"ndjson"};
        return wanted;
      })
      .rejects([](const print_options& options) { return options.format == print_format::csv; })
      .holds_nothing()
      .example("{}")
      .example("{format: csv}");
}

}  // namespace weir::sinks
