#include "tests/bench/support/log_loops.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <bit>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include "actors/codecs/byte_lanes.hpp"
#include "runtime/data/records.hpp"
#include "tests/bench/support/block_output.hpp"
#include "tests/bench/support/line_pieces.hpp"

namespace weir::testing {
namespace {

using codecs::lane_bits;
using codecs::lane_count;
using codecs::load_lanes;
using codecs::store_lanes;

// The bits of which one at least is set in all but control characters.
constexpr signed char not_control = ~0x1F;

void require(bool is_good) {
  if (!is_good) throw std::runtime_error("a line is not of the combined log format");
}

// Reads a line from left to right, and writes as it goes.
class line_loop {
 public:
  explicit line_loop(const std::string& output) : out_(output) {}

  template <class Line>
  void each_line(const std::vector<std::string>& inputs, Line line) {
    for (const auto& path : inputs) {
      line_pieces pieces(path);
      for (auto piece = pieces.next(); !piece.empty(); piece = pieces.next()) {
        require(simdjson::validate_utf8(piece.data(), piece.size()));
        at_ = piece.data();
        end_ = at_ + piece.size();
        while (at_ < end_) {
          to = out_.at();
          line();
          out_.filled(to);
        }
      }
    }
    out_.write();
  }

  void expect(std::string_view text) {
    require(std::memcmp(at_, text.data(), text.size()) == 0);
    at_ += text.size();
  }
  template <std::size_t Size>
  void put(const char (&text)[Size]) {
    std::memcpy(to, text, Size - 1);
    to += Size - 1;
  }
  // Up to `stop`, as text of a JSON string; behind it stands a quote. Copied and looked at at once.
  template <char stop>
  void copy_to() {
    const char* const begin = at_;
    char* const first = to;
    for (;; at_ += lane_count, to += lane_count) {
      require(at_ < end_);
      const auto block = load_lanes(at_);
      store_lanes(to, block);
      const auto found = lane_bits((block == stop) | (block == '"') | (block == '\\') |
                                   ((block & not_control) == 0));
      if (found == 0) continue;
      at_ += std::countr_zero(found);
      to += std::countr_zero(found);
      break;
    }
    if (*at_ != stop) {
      at_ = begin;
      to = first;
      copy_escaped(stop);
    }
    *to++ = '"';
  }
  /// The text up to `stop`, which has no backslash in it.
  std::string_view up_to(char stop) {
    const char* const begin = at_;
    for (;; at_ += lane_count) {
      require(at_ < end_);
      const auto block = load_lanes(at_);
      const auto found = lane_bits((block == stop) | (block == '\n'));
      if (found == 0) continue;
      at_ += std::countr_zero(found);
      break;
    }
    require(*at_ == stop);
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }
  bool next_is(std::string_view text) const {
    return std::memcmp(at_, text.data(), text.size()) == 0;
  }

  char* to = nullptr;

 private:
  // A backslash takes the meaning from a quote, where the text stands in quotes.
  void copy_escaped(char stop) {
    const char* begin = at_;
    for (; *at_ != stop; ++at_) {
      require(at_ < end_ && *at_ != '\n');
      if (stop == '"' && *at_ == '\\') ++at_;
    }
    text_.clear();
    append_json_string(text_, {begin, static_cast<std::size_t>(at_ - begin)});
    std::memcpy(to, text_.data() + 1, text_.size() - 2);
    to += text_.size() - 2;
  }

  block_output out_;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  std::string text_;
};

std::int64_t read_time(std::string_view text) {
  constexpr std::string_view form = "00/Xxx/0000:00:00:00 +0000";
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  require(text.size() == form.size());
  for (std::size_t i = 0; i < text.size(); ++i)
    require(form[i] == '0'
                ? text[i] >= '0' && text[i] <= '9'
                : form[i] == text[i] || (i >= 3 && i <= 5) || (i == 21 && text[i] == '-'));
  const auto number = [&](std::size_t at, std::size_t count) {
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) value = value * 10 + (text[i] - '0');
    return value;
  };
  const auto month = months.find(text.substr(3, 3));
  require(month != std::string_view::npos && month % 3 == 0);
  const std::chrono::year_month_day date{std::chrono::year(number(7, 4)),
                                         std::chrono::month(static_cast<unsigned>(month / 3 + 1)),
                                         std::chrono::day(static_cast<unsigned>(number(0, 2)))};
  require(date.ok() && number(12, 2) < 24 && number(15, 2) < 60 && number(18, 2) < 61);
  const std::int64_t offset = number(22, 2) * 3600 + number(24, 2) * 60;
  const std::int64_t seconds = std::chrono::sys_days(date).time_since_epoch().count() * 86'400L +
                               number(12, 2) * 3600 + number(15, 2) * 60 + number(18, 2);
  return (seconds - (text[21] == '-' ? -offset : offset)) * 1'000'000'000;
}

}  // namespace

void split_by_hand(const std::vector<std::string>& inputs, const std::string& output) {
  line_loop in(output);
  in.each_line(inputs, [&] {
    in.put("{\"host\":\"");
    in.copy_to<' '>();
    in.expect(" ");
    in.put(",\"ident\":\"");
    in.copy_to<' '>();
    in.expect(" ");
    in.put(",\"user\":\"");
    in.copy_to<' '>();
    in.expect(" [");
    in.put(",\"time\":\"");
    in.copy_to<']'>();
    in.expect("] \"");
    in.put(",\"request\":\"");
    in.copy_to<'"'>();
    in.expect("\" ");
    in.put(",\"status\":\"");
    const char* status = in.to;
    in.copy_to<' '>();
    for (; status < in.to - 1; ++status) require(*status >= '0' && *status <= '9');
    in.expect(" ");
    in.put(",\"bytes\":\"");
    in.copy_to<' '>();
    in.expect(" \"");
    in.put(",\"referer\":\"");
    in.copy_to<'"'>();
    in.expect("\" \"");
    in.put(",\"user_agent\":\"");
    in.copy_to<'"'>();
    in.expect("\"\n");
    in.put("}\n");
  });
}

namespace {

class combined_loop {
 public:
  explicit combined_loop(const std::string& output) : in_(output) {}

  void run(const std::vector<std::string>& inputs) {
    in_.each_line(inputs, [&] { line(); });
  }

 private:
  template <char stop, std::size_t Size>
  void text_or_none(const char (&key)[Size]) {
    if (in_.next_is(stop == '"' ? "-\"" : "- ")) return in_.expect("-");
    in_.put(key);
    in_.copy_to<stop>();
  }

  template <std::size_t Size>
  void number_or_none(const char (&key)[Size]) {
    const auto digits = in_.up_to(' ');
    if (digits == "-") return;
    in_.put(key);
    // One with zeros in front is written without them.
    require(!digits.empty() && digits.size() < 19 && (digits.front() != '0' || digits.size() == 1));
    for (const char c : digits) require(c >= '0' && c <= '9');
    codecs::copy_lanes(in_.to, digits);
    in_.to += digits.size();
  }

  void time() {
    const auto text = in_.up_to(']');
    if (text != last_text_) {
      last_time_ = timestamp_text(read_time(text));
      last_text_ = text;
    }
    in_.put(",\"time\":\"");
    std::memcpy(in_.to, last_time_.data(), last_time_.size());
    in_.to += last_time_.size();
    *in_.to++ = '"';
  }

  void line() {
    char* const begin = in_.to;
    text_or_none<' '>(",\"host\":\"");
    in_.expect(" ");
    text_or_none<' '>(",\"ident\":\"");
    in_.expect(" ");
    text_or_none<' '>(",\"user\":\"");
    in_.expect(" [");
    time();
    in_.expect("] \"");
    // Requests of another form are not met.
    in_.put(",\"method\":\"");
    in_.copy_to<' '>();
    in_.expect(" ");
    in_.put(",\"path\":\"");
    in_.copy_to<' '>();
    in_.expect(" ");
    require(in_.next_is("HTTP/"));
    in_.put(",\"protocol\":\"");
    in_.copy_to<'"'>();
    in_.expect("\" ");
    number_or_none(",\"status\":");
    in_.expect(" ");
    number_or_none(",\"bytes\":");
    in_.expect(" \"");
    text_or_none<'"'>(",\"referer\":\"");
    in_.expect("\" \"");
    text_or_none<'"'>(",\"user_agent\":\"");
    in_.expect("\"\n");
    *begin = '{';
    in_.put("}\n");
  }

  line_loop in_;
  std::string last_text_;
  std::string last_time_;
};

}  // namespace

void combined_by_hand(const std::vector<std::string>& inputs, const std::string& output) {
  combined_loop(output).run(inputs);
}

}  // namespace weir::testing
