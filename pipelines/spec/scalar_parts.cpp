#include "pipelines/spec/scalar_parts.hpp"

namespace weir {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// Walks through the file and the text that was read from it side by side.
class walk {
 public:
  walk(const yaml_text& file, std::size_t offset, std::string_view value)
      : file_(file), at_(offset), value_(value), quote_(file.at(offset)) {
    is_block_ = quote_ == '|' || quote_ == '>';
    if (quote_ != '"' && quote_ != '\'') quote_ = '\0';
  }

  std::vector<text_part> parts() {
    if (quote_ != '\0') ++at_;
    if (is_block_) enter_block();
    begin_part(false);
    while (read_ < value_.size() && step()) {
    }
    if (read_ < value_.size()) begin_part(true);
    return std::move(parts_);
  }

 private:
  void enter_block() {
    while (at_ < file_.size() && file_.at(at_) != '\n') ++at_;
    skip_blanks();
  }

  void begin_part(bool at_one_character) {
    const source_place here = file_.place(at_);
    if (!parts_.empty() && parts_.back().offset == read_) parts_.pop_back();
    parts_.push_back({read_, here.line, here.column, at_one_character});
  }

  // Moves over one character of both; false where they can't be matched.
  bool step() {
    const char c = file_.at(at_);
    if (at_ >= file_.size()) return false;
    if (c == '\\' && quote_ == '"') return escape();
    if (c == '\'' && quote_ == '\'') return take(2, 1);
    if (c == '\n' || (is_space(c) && ends_line(at_))) return fold();
    if (c != value_[read_]) return false;
    ++at_;
    ++read_;
    return true;
  }

  bool ends_line(std::size_t at) const {
    while (is_space(file_.at(at))) ++at;
    return file_.at(at) == '\n' && value_[read_] != file_.at(at_);
  }

  // A break between lines with the indentation behind it: a space, or some line ends.
  bool fold() {
    // What the break is read as stands at the end of the line, also where the text ends with it.
    begin_part(true);
    skip_blanks();
    if (at_ == file_.size()) return false;
    if (read_ < value_.size()) begin_part(false);
    return true;
  }

  void skip_blanks() {
    const std::size_t before = read_;
    while (read_ < value_.size() && (value_[read_] == '\n' || is_space(value_[read_]))) ++read_;
    skip_lines();
    // Blanks deeper than a block's indentation belong to its text.
    while (is_block_ && read_ > before && value_[read_ - 1] == ' ' && file_.at(at_ - 1) == ' ') {
      --read_;
      --at_;
    }
  }

  void skip_lines() {
    while (at_ < file_.size() && (is_space(file_.at(at_)) || file_.at(at_) == '\n')) ++at_;
  }

  bool escape() {
    const char kind = file_.at(at_ + 1);
    if (kind == '\n' || kind == '\r') {
      ++at_;
      skip_lines();
      begin_part(false);
      return true;
    }
    std::size_t character = 1;
    while (read_ + character < value_.size() &&
           (static_cast<unsigned char>(value_[read_ + character]) & 0xC0) == 0x80)
      ++character;
    return take(kind == 'x' ? 4 : kind == 'u' ? 6 : kind == 'U' ? 10 : 2, character);
  }

  // What is written in `written` bytes and read as `read` bytes stands at one character.
  bool take(std::size_t written, std::size_t read) {
    begin_part(true);
    at_ += written;
    read_ += read;
    begin_part(false);
    return true;
  }

  const yaml_text& file_;
  std::size_t at_;
  std::string_view value_;
  char quote_;
  bool is_block_;
  std::size_t read_ = 0;
  std::vector<text_part> parts_;
};

}  // namespace

std::shared_ptr<const std::vector<text_part>> scalar_parts(const yaml_text& text,
                                                           std::size_t offset,
                                                           std::string_view value) {
  return std::make_shared<const std::vector<text_part>>(walk(text, offset, value).parts());
}

}  // namespace weir
