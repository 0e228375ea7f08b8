#include "actors/support/text_preparation.hpp"

#include <doctest/doctest.h>

#include "actors/codecs/csv_writer.hpp"
#include "actors/codecs/ndjson_writer.hpp"
#include "runtime/data/records.hpp"
#include "tests/support/fake_outlet.hpp"

namespace weir::testing {
namespace {

chunk_ptr read(std::string_view lines) { return chunk_of_json(lines).value(); }

class no_sink final : public sink {
  stage_answer consume(const chunk_ptr&, outlet&) override { return answer::wait; }
};

std::unique_ptr<transform> one_preparer(const std::shared_ptr<text_preparation>& shared) {
  auto made = with_preparers(std::make_unique<no_sink>(), shared, 1);
  REQUIRE(made.size() == 2);
  return std::move(std::get<std::unique_ptr<transform>>(made[1]));
}

// What the preparer gives for a chunk.
chunk_ptr given(transform& by, const chunk_ptr& records) {
  fake_outlet out(1, true);
  out.begin_call();
  REQUIRE(by.process(0, records, out));
  out.end_call();
  REQUIRE(out.port(0).chunks.size() == 1);
  return out.port(0).chunks.front();
}

}  // namespace

TEST_CASE("text is prepared from the moment on that a writer is offered") {
  const auto shared = std::make_shared<text_preparation>();
  const auto preparer = one_preparer(shared);
  const auto records = read("{\"n\":1}\n{\"n\":2}");
  CHECK(given(*preparer, records) == records);
  shared->offer(codecs::ndjson_writer());
  const auto prepared = given(*preparer, records);
  REQUIRE(prepared->prepared() != nullptr);
  CHECK(prepared->prepared()->view() == "{\"n\":1}\n{\"n\":2}\n");
  // The sink counts the records, and tells where they are from.
  CHECK(prepared->size() == 2);
  CHECK(prepared->all().record_places == records->all().record_places);
  CHECK(prepared->columns().empty());
}

TEST_CASE("csv is prepared once its first record has said which columns there are") {
  const auto shared = std::make_shared<text_preparation>();
  const auto preparer = one_preparer(shared);
  codecs::csv_writer writer(codecs::csv_writer_options{});
  const auto records = read("{\"n\":1,\"s\":\"a,b\"}");
  shared->offer(writer);
  CHECK(given(*preparer, records)->prepared() == nullptr);

  text_buffer text;
  std::vector<codecs::refused_record> refused;
  writer.write(*records, text, refused);
  shared->offer(writer);
  const auto more = read("{\"s\":\"c\",\"n\":2}\n{\"n\":3}");
  const auto prepared = given(*preparer, more);
  REQUIRE(prepared->prepared() != nullptr);
  CHECK((text += prepared->prepared()->view()).view() == "n,s\n1,\"a,b\"\n2,c\n3,\n");

  // Only the sink may refuse a record.
  const auto strange = read("{\"n\":4}\n{\"n\":5,\"late\":true}");
  CHECK(given(*preparer, strange) == strange);
}

TEST_CASE("the memory of a text comes back with the chunk that it belongs to") {
  const auto shared = std::make_shared<text_preparation>();
  const text_buffer* first = nullptr;
  {
    const auto text = shared->take_text();
    first = text.get();
    *text += std::string(1'000, 'x');
    CHECK(shared->take_text().get() != first);
  }
  std::vector<std::shared_ptr<text_buffer>> taken{shared->take_text(), shared->take_text()};
  CHECK((taken[0].get() == first || taken[1].get() == first));
  for (const auto& text : taken) CHECK(text->empty());
  // One may outlive what it came from.
  auto other = std::make_shared<text_preparation>();
  const auto last = other->take_text();
  other.reset();
  CHECK(last->empty());
}

}  // namespace weir::testing
