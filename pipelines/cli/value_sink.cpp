#include "pipelines/cli/value_sink.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

#include "runtime/data/records.hpp"

namespace weir {

stage_answer value_sink::consume(const chunk_ptr& records, outlet& out) {
  const auto found = value_.evaluate(*records);
  auto refused = found.errors.begin();
  text_.clear();
  records->each_row([&](std::uint32_t row) {
    if (refused != found.errors.end() && refused->row == row) {
      out.reject(*records, row, refused->code, refused->text);
      ++refused;
      return;
    }
    append_json(text_, found.values->at(row));
    text_ += '\n';
  });
  const auto done = write(text_);
  if (!done) return failure(done.error());
  return *done == written::all ? answer::wait : answer::end;
}

// A descriptor that was inherited is never made non-blocking: one that is ready takes `PIPE_BUF`
// bytes without waiting.
result<value_sink::written> value_sink::write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (context_->wait(STDOUT_FILENO, context::direction::writable, std::nullopt) ==
        context::waited::stopping)
      return written::ended;
    const auto count =
        ::write(STDOUT_FILENO, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EPIPE) {
      return written::ended;
    } else if (errno != EINTR && errno != EAGAIN) {
      return failure("write-file", "standard output can't be written",
                     std::generic_category().message(errno));
    }
  }
  return written::all;
}

stage_type value_sink_type() {
  return describe_stage<value_sink, value_sink_options>("eval")
      .summary("Writes an expression's value for each record to standard output.")
      .option("value", &value_sink_options::value, "What is written.", required)
      .holds_nothing()
      .example("{value: status >= 500}");
}

}  // namespace weir
