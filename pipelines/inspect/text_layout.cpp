#include "pipelines/inspect/text_layout.hpp"

#include <algorithm>

#include "runtime/base/text.hpp"

namespace weir {
namespace {

// Fills lines with words.
class line_filler {
 public:
  line_filler(std::size_t width, std::size_t indent) : width_(width), indent_(indent, ' ') {}

  void add_word(std::string_view word) {
    if (word.empty()) return;
    if (!line_.empty() && columns_of(line_) + 1 + columns_of(word) > width_) end_line();
    if (line_.empty())
      line_ = indent_;
    else
      line_ += ' ';
    line_ += word;
  }

  void add_line(std::string_view text) {
    end_line();
    text_ += indent_;
    text_ += text;
    text_ += '\n';
  }

  // Empty lines at the start, at the end and behind one another are not repeated.
  void add_gap() {
    end_line();
    gap_ = !text_.empty();
  }

  void end_line() {
    if (line_.empty()) return;
    flush_gap();
    text_ += line_;
    text_ += '\n';
    line_.clear();
  }

  void flush_gap() {
    if (gap_) text_ += '\n';
    gap_ = false;
  }

  std::string take() {
    end_line();
    return std::move(text_);
  }

 private:
  std::size_t width_;
  std::string indent_;
  std::string line_;
  std::string text_;
  bool gap_ = false;
};

}  // namespace

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(std::string_view text, std::size_t columns) {
  std::string out(text);
  const std::size_t used = columns_of(text);
  if (used < columns) out.append(columns - used, ' ');
  return out;
}

std::string padded_left(std::string_view text, std::size_t columns) {
  const std::size_t used = columns_of(text);
  std::string out(used < columns ? columns - used : 0, ' ');
  out += text;
  return out;
}

std::string counted(std::size_t count, const char* noun) {
  return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  line_filler filler(width, indent);
  for (const auto line : split(text, '\n')) {
    if (line.find_first_not_of(' ') == std::string_view::npos) {
      filler.add_gap();
    } else if (line.starts_with(' ') || line.starts_with("- ")) {
      filler.end_line();
      filler.flush_gap();
      filler.add_line(line);
    } else {
      for (const auto word : split(line, ' ')) filler.add_word(word);
    }
  }
  return filler.take();
}

}  // namespace weir
