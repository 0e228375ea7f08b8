#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "actors/codecs/record_writer.hpp"
#include "runtime/stage/stage_type.hpp"

namespace weir {

/// What a sink that writes text shares with those that make the text ahead, each of some chunks, in
/// the threads where these come from: the sink then only hands it to the system.
///
/// As long as the text of a chunk depends on records before it (csv's header on the first), nothing
/// is prepared; nor are chunks with a record that the format refuses: that is the sink's to tell.
///
/// Memory:  texts come back when the chunk they belong to is let go: at most `kept_max` idle ones.
/// Threads: any.
class text_preparation : public std::enable_shared_from_this<text_preparation> {
 public:
  static constexpr std::size_t kept_max = 16;

  /// From now on text is made by writers beside this one, once it can have some.
  void offer(const codecs::record_writer& by);
  /// A writer for one thread; null as long as there is none.
  std::unique_ptr<codecs::record_writer> writer() const;
  /// An empty text.
  std::shared_ptr<text_buffer> take_text();

 private:
  void give_back(std::unique_ptr<text_buffer> text);

  mutable std::mutex guard_;
  std::unique_ptr<codecs::record_writer> offered_;
  std::vector<std::unique_ptr<text_buffer>> idle_;
};

/// The sink, and `count` transforms that prepare its text: for `configured_stage::make_prepared`.
std::vector<configured_stage::instance> with_preparers(
    std::unique_ptr<sink> of, const std::shared_ptr<text_preparation>& shared, unsigned count);

}  // namespace weir
