#include "services/slot/domain/inventory_audit.h"

#include <catch2/catch.hpp>

namespace houbu::slot {
namespace {

RunState TwoLegs() {
  RunState state;
  state.run = "rn-1";
  state.epoch = 3;
  state.legs = 2;
  state.classes = {ClassLayout{"second", ClassKind::kAssigned, 3, {3}},
                   ClassLayout{"standing", ClassKind::kCounted, 2, {}}};
  state.taken = {TakenPlaces{"bk-1", DemandKind{"second", {0, 2}, 2}, {0, 1}},
                 TakenPlaces{"bk-2", DemandKind{"standing", {1, 2}, 1}, {}}};
  state.waiting = {WaitingDemand{"dm-1", DemandKind{"second", {0, 1}, 2}, absl::UnixEpoch()}};
  return state;
}

}  // namespace

TEST_CASE("record and index that agree leave nothing to tell", "[slot][audit][X-18]") {
  const RunState record = TwoLegs();
  const InventoryAudit audit = Audit(record, IndexState{record, FreeOf(record)});
  CHECK(audit.differences.empty());
  CHECK(audit.capacity == 10);
  CHECK(audit.taken == 5);
  CHECK(audit.free == 5);
  CHECK(audit.conservation_error() == 0);
  CHECK(audit.oversold == 0);
  CHECK(audit.waiting == 1);
  CHECK(audit.servable_waiting == 0);
}

TEST_CASE("the audit counts what was sold twice", "[slot][audit][X-18]") {
  RunState record = TwoLegs();
  const IndexState index = {record, FreeOf(record)};
  record.taken.push_back(TakenPlaces{"bk-3", DemandKind{"second", {1, 2}, 1}, {1}});
  record.taken.push_back(TakenPlaces{"bk-4", DemandKind{"standing", {0, 2}, 2}, {}});
  const InventoryAudit audit = Audit(record, index);
  CHECK(audit.oversold == 2);
  CHECK(audit.conservation_error() == -5);
}

TEST_CASE("the audit names what only one side has", "[slot][audit]") {
  const RunState record = TwoLegs();
  IndexState index = {record, FreeOf(record)};
  index.state.taken.pop_back();
  index.free = FreeOf(index.state);
  const InventoryAudit audit = Audit(record, index);
  CHECK(audit.conservation_error() == -1);
  CHECK(
      audit.differences ==
      std::vector<std::string>{"rn-1: only the record: bk-2 has 1 in standing over stops 1 to 2"});
  CHECK(audit.kinds == std::map<DifferenceKind, int>{{DifferenceKind::kPlacesLost, 1}});
}

TEST_CASE("the audit names what is free and should not be", "[slot][audit]") {
  const RunState record = TwoLegs();
  IndexState index = {record, FreeOf(record)};
  index.free[1].count[1] = 2;
  const InventoryAudit audit = Audit(record, index);
  CHECK(audit.conservation_error() == -1);
  CHECK(audit.differences ==
        std::vector<std::string>{"rn-1: only the record: free in class standing by leg 2,1",
                                 "rn-1: only the index: free in class standing by leg 2,2"});
  CHECK(audit.kinds == std::map<DifferenceKind, int>{{DifferenceKind::kFree, 2}});
}

TEST_CASE("the audit counts waiters who would fit what the index calls free",
          "[slot][audit][W-05]") {
  const RunState record = TwoLegs();
  IndexState index = {record, FreeOf(record)};
  index.state.taken.erase(index.state.taken.begin());
  index.free = FreeOf(index.state);
  CHECK(Audit(record, index).servable_waiting == 1);
}

TEST_CASE("figures of runs add up and their differences are bounded", "[slot][audit]") {
  InventoryAudit total;
  InventoryAudit run;
  run.capacity = 7;
  run.taken = 3;
  run.free = 4;
  run.differences = {"a", "b"};
  Add(run, 3, total);
  Add(run, 3, total);
  CHECK(total.capacity == 14);
  CHECK(total.conservation_error() == 0);
  CHECK(total.differences == std::vector<std::string>{"a", "b", "a"});
}

}  // namespace houbu::slot
