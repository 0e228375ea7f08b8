#include "actors/support/spilled_groups.hpp"

#include <algorithm>
#include <utility>

#include "actors/support/state_bytes.hpp"
#include "actors/support/value_order.hpp"
#include "runtime/base/check.hpp"

namespace weir {
namespace {

// A group in a run is the size of what follows, the values of its key, and its states.

void save_key(const value_view& value, std::string_view form, std::string& to) {
  put_bytes(to, value.kind);
  put_bytes(to, value.int64);
  put_text(to, value.text);
  if (value.kind == value_kind::json) put_text(to, form);
}

// Makes a run of groups that are given in order.
class run_writer {
 public:
  explicit run_writer(std::shared_ptr<spill_file> to) : run_{std::move(to), 0, 0} {
    run_.begin = run_.file->size();
  }

  template <class KeysAndStates>
  result<void> add(KeysAndStates append) {
    group_.clear();
    put_bytes(group_, std::uint32_t{0});
    append(group_);
    const auto size = static_cast<std::uint32_t>(group_.size() - sizeof(std::uint32_t));
    group_.replace(0, sizeof size, reinterpret_cast<const char*>(&size), sizeof size);
    return run_.file->append(group_);
  }
  result<group_run> finish() {
    if (auto flushed = run_.file->flush(); !flushed) return failure(std::move(flushed.error()));
    run_.end = run_.file->size();
    return run_;
  }

 private:
  group_run run_;
  std::string group_;
};

}  // namespace

result<group_run> write_run(const std::shared_ptr<spill_file>& to, const group_states& from) {
  run_writer run(to);
  const std::size_t keys = from.groups.keys();
  for (const auto group : from.groups.sorted()) {
    auto added = run.add([&](std::string& bytes) {
      for (std::size_t k = 0; k < keys; ++k)
        save_key(from.groups.key(group, k), from.groups.form(group, k), bytes);
      for (const auto& r : from.running) r->save(group, bytes);
    });
    if (!added) return failure(std::move(added.error()));
  }
  return run.finish();
}

// One run, at one of its groups.
class group_merge::run_reader {
 public:
  run_reader(group_run run, std::size_t keys, std::size_t buffer_bytes)
      : run_(std::move(run)), next_(run_.begin), buffer_bytes_(buffer_bytes), values_(keys) {}

  // Goes to the next group; false: there is none.
  result<bool> advance() {
    at_ += group_bytes_;
    group_bytes_ = 0;
    std::uint32_t size = 0;
    if (at_ == filled_ && next_ == run_.end) return false;
    if (auto read = need(sizeof size); !read) return failure(std::move(read.error()));
    std::memcpy(&size, buffer_.data() + at_, sizeof size);
    group_bytes_ = sizeof size + size;
    if (auto read = need(group_bytes_); !read) return failure(std::move(read.error()));
    states_ = std::string_view(buffer_).substr(at_ + sizeof size, size);
    for (auto& v : values_) {
      v.written.kind = take_bytes<value_kind>(states_);
      v.written.int64 = take_bytes<std::int64_t>(states_);
      v.written.text = take_text(states_);
      v.compared = v.written;
      if (v.written.kind == value_kind::json) v.compared.text = take_text(states_);
    }
    return true;
  }

  struct key_value {
    value_view written;
    value_view compared;
  };
  const std::vector<key_value>& key() const { return values_; }
  std::string_view states() const { return states_; }
  std::size_t bytes() const { return buffer_.capacity(); }

 private:
  // Has that many bytes in the buffer, from `at_` on.
  result<void> need(std::size_t count) {
    if (filled_ - at_ >= count) return {};
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(at_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
    filled_ -= std::exchange(at_, 0);
    buffer_.resize(std::max({buffer_.size(), buffer_bytes_, count}));
    const auto wanted = std::min<std::uint64_t>(buffer_.size() - filled_, run_.end - next_);
    const auto read =
        run_.file->read(next_, buffer_.data() + filled_, static_cast<std::size_t>(wanted));
    if (!read) return failure(read.error());
    filled_ += *read;
    next_ += *read;
    WEIR_CHECK(filled_ - at_ >= count, "a run that ends too soon");
    return {};
  }

  group_run run_;
  std::uint64_t next_;  // to be read
  std::size_t buffer_bytes_;
  std::string buffer_;
  std::size_t filled_ = 0;
  std::size_t at_ = 0;  // of the group at hand
  std::size_t group_bytes_ = 0;
  std::vector<key_value> values_;
  std::string_view states_;
};

namespace {

template <class Keys>
std::weak_ordering compare_keys(const Keys& left, const Keys& right) {
  for (std::size_t k = 0; k < left.size(); ++k)
    if (const auto order = compare_values(left[k].compared, right[k].compared); order != 0)
      return order;
  return std::weak_ordering::equivalent;
}

// Of a heap, whose top is the greatest.
constexpr auto comes_later = [](const auto* left, const auto* right) {
  return compare_keys(left->key(), right->key()) > 0;
};

}  // namespace

group_merge::group_merge(std::span<const group_run> runs, std::size_t keys,
                         std::size_t buffer_bytes) {
  for (const auto& run : runs) {
    readers_.push_back(std::make_unique<run_reader>(run, keys, buffer_bytes));
    at_hand_.push_back(readers_.back().get());
  }
}

group_merge::~group_merge() = default;
group_merge::group_merge(group_merge&&) noexcept = default;
group_merge& group_merge::operator=(group_merge&&) noexcept = default;

result<void> group_merge::advance() {
  for (auto* reader : at_hand_) {
    const auto is_there = reader->advance();
    if (!is_there) return failure(is_there.error());
    if (!*is_there) continue;
    waiting_.push_back(reader);
    std::push_heap(waiting_.begin(), waiting_.end(), comes_later);
  }
  at_hand_.clear();
  while (!waiting_.empty() &&
         (at_hand_.empty() || compare_keys(waiting_.front()->key(), at_hand_[0]->key()) == 0)) {
    std::pop_heap(waiting_.begin(), waiting_.end(), comes_later);
    at_hand_.push_back(waiting_.back());
    waiting_.pop_back();
  }
  return {};
}

value_view group_merge::key(std::size_t number) const {
  value_view value = at_hand_.front()->key()[number].written;
  for (const auto* reader : at_hand_)
    if (const auto& other = reader->key()[number].written; stands_before(other, value))
      value = other;
  return value;
}

std::string_view group_merge::form(std::size_t number) const {
  const auto& value = at_hand_.front()->key()[number].compared;
  return value.kind == value_kind::json ? value.text : std::string_view();
}

std::size_t group_merge::load(std::span<const std::unique_ptr<accumulator>> to, std::uint32_t group,
                              std::size_t groups_all) const {
  std::size_t bytes = 0;
  for (const auto* reader : at_hand_) {
    std::string_view states = reader->states();
    bytes += states.size();
    for (const auto& one : to) one->load(states, group, groups_all);
  }
  return bytes;
}

std::size_t group_merge::bytes() const {
  std::size_t bytes = 0;
  for (const auto& reader : readers_) bytes += reader->bytes();
  return bytes;
}

namespace {

result<group_run> merged_run(std::span<const group_run> runs, std::size_t keys,
                             std::span<const accumulator_kind> kinds, std::size_t buffer_bytes) {
  auto file = spill_file::open(runs.front().file->folder());
  if (!file) return failure(std::move(file.error()));
  run_writer run(std::move(*file));
  group_merge from(runs, keys, buffer_bytes);
  for (;;) {
    if (auto next = from.advance(); !next) return failure(std::move(next.error()));
    if (from.done()) return run.finish();
    auto added = run.add([&](std::string& bytes) {
      for (std::size_t k = 0; k < keys; ++k) save_key(from.key(k), from.form(k), bytes);
      std::vector<std::unique_ptr<accumulator>> states;
      for (const auto kind : kinds) states.push_back(make_accumulator(kind));
      from.load(states, 0, 1);
      for (const auto& one : states) one->save(0, bytes);
    });
    if (!added) return failure(std::move(added.error()));
  }
}

}  // namespace

result<void> make_fewer_runs(std::vector<group_run>& runs, std::size_t runs_most, std::size_t keys,
                             std::span<const accumulator_kind> kinds, std::size_t buffer_bytes) {
  WEIR_CHECK(runs_most > 1, "runs that can't become fewer");
  while (runs.size() > runs_most) {
    const std::size_t some = std::min(runs_most, runs.size() - runs_most + 1);
    auto merged = merged_run(std::span(runs).first(some), keys, kinds, buffer_bytes);
    if (!merged) return failure(std::move(merged.error()));
    runs.erase(runs.begin(), runs.begin() + static_cast<std::ptrdiff_t>(some));
    runs.push_back(std::move(*merged));
  }
  return {};
}

}  // namespace weir
