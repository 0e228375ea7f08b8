#include "pipelines/cli/pipeline_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "actors/builtin_stages.hpp"
#include "pipelines/assemble/assemble.hpp"
#include "pipelines/lint/problem_text.hpp"
#include "pipelines/spec/yaml_reader.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

result<std::string> read_text(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failure("unreadable-file", std::generic_category().message(errno));
  std::string text;
  std::array<char, 16384> bytes{};
  ssize_t count = 0;
  // One byte more than a file may have is enough to know that it is too large.
  while (text.size() <= yaml_bytes_max &&
         (count = ::read(descriptor, bytes.data(), bytes.size())) > 0)
    text.append(bytes.data(), static_cast<std::size_t>(count));
  const int code = errno;
  ::close(descriptor);
  if (count < 0) return failure("unreadable-file", std::generic_category().message(code));
  return text;
}

pipeline_inputs inputs_of(const file_arguments& given) {
  pipeline_inputs inputs;
  inputs.parameters = given.params;
  inputs.settings = given.settings;
  inputs.environment = [](const std::string& name) -> std::optional<std::string> {
    // Read before there is a second thread.
    // NOLINTNEXTLINE(concurrency-mt-unsafe)
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  return inputs;
}

void tell_unreadable(const std::string& path, const error& why, problems& found) {
  source_place place;
  place.file = std::make_shared<const std::string>(path.empty() ? "''" : path);
  found.add(why.code, place, "the file can't be read: " + why.text);
}

}  // namespace

pipeline_file load_file(const std::string& path, const file_arguments& given,
                        const registry& known) {
  pipeline_file file;
  auto text = read_text(path);
  if (!text) {
    tell_unreadable(path, text.error(), file.found);
    return file;
  }
  file.text = std::move(*text);
  file.made = load_pipeline(file.text, path, known, inputs_of(given), file.found);
  return file;
}

std::string test_suite::text_of(const problem& what, bool for_terminal) const {
  const auto text = texts.find(what.place.file ? *what.place.file : std::string());
  return problems_text({what}, text == texts.end() ? std::string_view() : text->second,
                       for_terminal);
}

test_suite load_tests(const std::string& path, const file_arguments& given, const registry& known) {
  test_suite made;
  const auto read = [&](const std::string& name) {
    auto text = read_text(name);
    if (text) made.texts[name] = *text;
    return text;
  };
  const auto text = read(path);
  if (!text) {
    tell_unreadable(path, text.error(), made.found);
    return made;
  }
  made.tested = load_tested_pipeline(*text, path, known, inputs_of(given), read, made.found);
  return made;
}

registry known_stages() { return registry(builtin_stages()); }

std::string problems_text(const std::vector<problem>& all, std::string_view file_text,
                          bool for_terminal) {
  std::string out;
  for (const auto& problem : all)
    out += for_terminal ? problem_with_caret(problem, file_text) : to_text(problem) + "\n";
  return out;
}

}  // namespace weir
