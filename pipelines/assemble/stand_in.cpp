#include "pipelines/assemble/stand_in.hpp"

#include <utility>

namespace weir {
namespace {

class configured_stand_in final : public configured_stage {
 public:
  explicit configured_stand_in(stand_in what) : what_(std::move(what)) {}

  std::vector<std::string> inputs() const override { return ports(stage_kind::sink, "in"); }
  std::vector<std::string> outputs() const override { return ports(stage_kind::source, "out"); }
  std::vector<expression_use> expressions() const override { return {}; }
  std::vector<column_path> columns() const override { return {}; }
  bool rejects() const override { return false; }
  hold_bound hold() const override { return {}; }
  known_columns known(port_number, const std::vector<known_columns>&) const override {
    return what_.known;
  }
  column_demand demand(port_number, const std::vector<column_demand>&) const override {
    return what_.wanted;
  }
  std::vector<std::string> files_read() const override { return {}; }
  std::vector<std::string> files_written() const override { return {}; }
  instance make() const override { return what_.make(); }

 private:
  std::vector<std::string> ports(stage_kind of, const char* name) const {
    return what_.kind == of ? std::vector<std::string>{name} : std::vector<std::string>{};
  }

  stand_in what_;
};

}  // namespace

void put(graph_stage& in_place_of, stand_in what) {
  auto type = std::make_shared<stage_type>();
  type->name = what.type;
  type->kind = what.kind;
  type->ledger = ledger_kind::creates;
  auto configured = std::make_shared<configured_stand_in>(std::move(what));
  type->inputs = configured->inputs();
  type->outputs = configured->outputs();
  in_place_of.type = std::move(type);
  in_place_of.on_failure = {};
  in_place_of.configured = std::move(configured);
}

}  // namespace weir
