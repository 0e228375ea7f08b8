#include "actors/support/column_generator.hpp"

#include <algorithm>

#include "actors/support/weighted_choice.hpp"
#include "runtime/base/cases.hpp"
#include "runtime/base/number.hpp"
#include "runtime/data/records.hpp"

namespace weir {
namespace {

// Calls `value(i)` for each row and keeps what it answers.
template <class T, class Value>
column_ptr filled(storage_kind storage, std::uint32_t rows, Value value) {
  auto values = std::make_shared<buffer>(rows * sizeof(T));
  const auto array = values->template as<T>(rows);
  for (std::uint32_t i = 0; i < rows; ++i) array[i] = value();
  column::parts parts;
  parts.storage = storage;
  parts.size = rows;
  parts.values = std::move(values);
  return column::of(std::move(parts));
}

class counter final : public column_generator {
 public:
  explicit counter(const counter_generator& about) : next_(about.counter), step_(about.step) {}
  column_type type() const override { return column_type::int64; }
  column_ptr make(std::uint32_t rows) override {
    return filled<std::int64_t>(storage_kind::int64, rows, [&] { return advance(); });
  }

 private:
  // Wraps around at the ends of 64 bits.
  std::int64_t advance() {
    const auto now = next_;
    next_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(next_) +
                                      static_cast<std::uint64_t>(step_));
    return now;
  }
  std::int64_t next_;
  std::int64_t step_;
};

class clock_steps final : public column_generator {
 public:
  explicit clock_steps(const clock_generator& about)
      : next_(static_cast<std::uint64_t>(parse_timestamp(about.clock).value_or(0))),
        step_(static_cast<std::uint64_t>(about.step.count())) {}
  column_type type() const override { return column_type::timestamp; }
  column_ptr make(std::uint32_t rows) override {
    return filled<std::int64_t>(storage_kind::timestamp, rows, [&] {
      const auto now = static_cast<std::int64_t>(next_);
      next_ += step_;
      return now;
    });
  }

 private:
  std::uint64_t next_;
  std::uint64_t step_;
};

class uniform_int final : public column_generator {
 public:
  uniform_int(std::int64_t least, std::int64_t most, random_source random)
      : least_(static_cast<std::uint64_t>(least)),
        count_(static_cast<std::uint64_t>(most) - least_ + 1),
        random_(random) {}
  column_type type() const override { return column_type::int64; }
  column_ptr make(std::uint32_t rows) override {
    return filled<std::int64_t>(storage_kind::int64, rows, [&] {
      const std::uint64_t drawn = random_.next();
      // A count of 0 stands for all of 64 bits.
      const std::uint64_t offset = count_ == 0 ? drawn : drawn % count_;
      return static_cast<std::int64_t>(least_ + offset);
    });
  }

 private:
  std::uint64_t least_;
  std::uint64_t count_;
  random_source random_;
};

class uniform_double final : public column_generator {
 public:
  uniform_double(double least, double most, random_source random)
      : least_(least), width_(most - least), random_(random) {}
  column_type type() const override { return column_type::float64; }
  column_ptr make(std::uint32_t rows) override {
    return filled<double>(storage_kind::float64, rows,
                          [&] { return least_ + width_ * random_.fraction(); });
  }

 private:
  double least_;
  double width_;
  random_source random_;
};

double as_double(const literal& value) {
  return value.kind == value_kind::int64 ? static_cast<double>(value.int64) : value.float64;
}

std::vector<double> weights_of(const choice_generator& about) {
  return about.weights.empty() ? std::vector<double>(about.one_of.size(), 1.0) : about.weights;
}

// The type that all of the values fit in; none if there is no such type.
std::optional<column_type> common_type(const std::vector<literal>& values) {
  std::optional<column_type> common;
  for (const auto& v : values) {
    const auto type = type_of(v.kind);
    const auto is_number = [](column_type t) {
      return t == column_type::int64 || t == column_type::float64;
    };
    if (!common || *common == type) {
      common = type;
    } else if (is_number(*common) && is_number(type)) {
      common = column_type::float64;
    } else {
      return std::nullopt;
    }
  }
  return common;
}

std::vector<std::string> texts_of(const std::vector<literal>& values) {
  std::vector<std::string> texts;
  for (const auto& v : values) texts.push_back(v.text);
  return texts;
}

class choice_of final : public column_generator {
 public:
  choice_of(const choice_generator& about, random_source random)
      : values_(about.one_of),
        type_(common_type(values_).value_or(column_type::string)),
        pool_(texts_of(values_)),
        choice_(weights_of(about)),
        random_(random) {}
  column_type type() const override { return type_; }
  column_ptr make(std::uint32_t rows) override {
    const auto pick = [&] { return choice_.pick(random_); };
    switch (type_) {
      case column_type::int64:
        return filled<std::int64_t>(storage_kind::int64, rows,
                                    [&] { return values_[pick()].int64; });
      case column_type::float64:
        return filled<double>(storage_kind::float64, rows,
                              [&] { return as_double(values_[pick()]); });
      case column_type::boolean:
        return booleans(rows);
      default:
        break;
    }
    auto refs = std::make_shared<buffer>(rows * sizeof(string_ref));
    for (auto& ref : refs->as<string_ref>(rows)) ref = pool_[pick()];
    return pool_.column_of(std::move(refs), rows);
  }

 private:
  column_ptr booleans(std::uint32_t rows) {
    const std::size_t words = (rows + 63) / 64;
    auto bits = std::make_shared<buffer>(words * 8);
    const auto array = bits->as<std::uint64_t>(words);
    std::fill(array.begin(), array.end(), 0);
    for (std::uint32_t i = 0; i < rows; ++i)
      array[i >> 6] |= static_cast<std::uint64_t>(values_[choice_.pick(random_)].boolean)
                       << (i & 63);
    column::parts parts;
    parts.storage = storage_kind::boolean;
    parts.size = rows;
    parts.values = std::move(bits);
    return column::of(std::move(parts));
  }

  std::vector<literal> values_;
  column_type type_;
  text_pool pool_;
  weighted_choice choice_;
  random_source random_;
};

}  // namespace

random_source random_of(std::uint64_t seed, std::string_view column) {
  // FNV-1a.
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : column) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return random_source(random_source(seed).next() ^ hash);
}

text_pool::text_pool(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts) {
    refs_.emplace_back(text, 0, static_cast<std::uint32_t>(all.size()));
    if (!refs_.back().is_inline()) all += text;
  }
  bytes_ = copy_to_buffer(all);
}

column_ptr text_pool::column_of(std::shared_ptr<buffer> values, std::uint32_t rows) const {
  column::parts parts;
  parts.storage = storage_kind::string;
  parts.size = rows;
  parts.values = std::move(values);
  parts.data = {bytes_};
  return column::of(std::move(parts));
}

column_type type_of(const generator_option& what) {
  return std::visit(cases{
                        [](const literal& value) { return type_of(value.kind); },
                        [](const counter_generator&) { return column_type::int64; },
                        [](const uniform_generator& about) {
                          return common_type(about.uniform).value_or(column_type::float64);
                        },
                        [](const choice_generator& about) {
                          return common_type(about.one_of).value_or(column_type::string);
                        },
                        [](const clock_generator&) { return column_type::timestamp; },
                    },
                    what);
}

std::unique_ptr<column_generator> make_generator(const generator_option& what,
                                                 random_source random) {
  using made = std::unique_ptr<column_generator>;
  return std::visit(
      cases{
          [&](const literal& value) -> made {
            return std::make_unique<choice_of>(choice_generator{{value}, {}}, random);
          },
          [](const counter_generator& about) -> made { return std::make_unique<counter>(about); },
          [&](const uniform_generator& about) -> made {
            const auto& bounds = about.uniform;
            if (common_type(bounds) == column_type::int64)
              return std::make_unique<uniform_int>(bounds[0].int64, bounds[1].int64, random);
            return std::make_unique<uniform_double>(as_double(bounds[0]), as_double(bounds[1]),
                                                    random);
          },
          [&](const choice_generator& about) -> made {
            return std::make_unique<choice_of>(about, random);
          },
          [](const clock_generator& about) -> made { return std::make_unique<clock_steps>(about); },
      },
      what);
}

}  // namespace weir
