// The contract of the index, on memory and on Redis: runs closed to buyers, wishes, classes that
// sell the units of another; and on Redis the bound on the work of one call.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

#include "services/slot/domain/inventory_audit.h"
#include "services/slot/storage/inventory_subject.h"

namespace houbu::slot {
namespace {

// Two coaches of six seats with positions, sold as berths too, and standing places.
RunState Sleeper() {
  RunState state = Train();
  const ClassLayout berths = {"berth", ClassKind::kAssigned, 12, {6, 6}, "", "UML"};
  const ClassLayout seats = {"second", ClassKind::kAssigned, 12, {6, 6}, "berth", "ABF"};
  state.classes = {berths, seats, ClassLayout{"standing", ClassKind::kCounted, 2, {}}};
  return state;
}

absl::StatusOr<Units> Wish(Line& line, InventorySubject& subject, const std::string& token,
                           DemandKind kind, const std::string& positions) {
  return subject.Run(line.index().AllocateWished(kRun, kind, token, positions));
}

}  // namespace

TEST_CASE("a closed run refuses buyers and serves its line", "[slot][inventory][line][W-05]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  REQUIRE(line.Buy("bk-1", Second({0, 3}, 6)).ok());
  REQUIRE(line.Wait("dm-1", Second({0, 2}, 4), 1) == EnlistOutcome::kWaiting);
  REQUIRE(subject->Run(line.index().SetSale(kRun, Sale::kClosed)).ok());
  CHECK(Reason(line.Buy("bk-2", Second({0, 3}, 1)).status()) == "RUN_CLOSED");
  CHECK(line.Buy("bk-1", Second({0, 3}, 6))->size() == 6);
  CHECK(line.Release("bk-1") == 1);
  CHECK(line.Served() == std::vector<std::string>{"dm-1"});
  CHECK(line.Wait("dm-2", Second({0, 2}, 2), 2) == EnlistOutcome::kMatched);
  CHECK(Reason(line.Buy("bk-2", Second({2, 3}, 1)).status()) == "RUN_CLOSED");
  CHECK(subject->Run(line.index().FullState(kRun.run))->state.sale == Sale::kClosed);
  REQUIRE(subject->Run(line.index().SetSale(kRun, Sale::kOpen)).ok());
  CHECK(line.Buy("bk-2", Second({2, 3}, 1)).ok());
  RunState later = Train();
  later.epoch = 2;
  later.sale = Sale::kClosed;
  line.Load(later);
  const RunEpoch second = {kRun.run, 2};
  const auto refused = subject->Run(line.index().Allocate(second, Second({0, 1}, 1), "bk-3"));
  CHECK(Reason(refused.status()) == "RUN_CLOSED");
}

TEST_CASE("a wish for a position is heard where it can be and refuses nothing",
          "[slot][inventory][W-12]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Sleeper());
  const auto berth = [](int party) { return DemandKind{"berth", {0, 3}, party}; };
  CHECK(*Wish(line, *subject, "bk-1", berth(1), "L") == Units{2});
  CHECK(*Wish(line, *subject, "bk-2", berth(1), "LM") == Units{1});
  SECTION("a party sits together first") {
    CHECK(*Wish(line, *subject, "bk-3", berth(2), "L") == Units{4, 5});
    CHECK(*Wish(line, *subject, "bk-4", berth(2), "L") == Units{7, 8});
    CHECK(*Wish(line, *subject, "bk-5", berth(2), "L") == Units{10, 11});
    CHECK(*Wish(line, *subject, "bk-6", berth(2), "L") == Units{0, 3});
  }
  SECTION("another position is better than none") {
    CHECK(*Wish(line, *subject, "bk-3", berth(1), "X") == Units{0});
    CHECK(*line.Buy("bk-4", berth(1)) == Units{3});
  }
}

TEST_CASE("berths sold as seats are the same places under another class",
          "[slot][inventory][line][W-05][X-01]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Sleeper());
  CHECK(*line.Buy("bk-1", DemandKind{"berth", {0, 2}, 5}) == Units{0, 1, 2, 3, 4});
  CHECK(*line.Buy("bk-2", Second({0, 3}, 7)) == Units{5, 6, 7, 8, 9, 10, 11});
  CHECK(line.Free("berth", {0, 2}) == 0);
  CHECK(line.Free("second", {0, 2}) == 0);
  CHECK(line.Free("berth", {2, 3}) == 5);
  // One line for the places: the earliest of either class is served first.
  REQUIRE(line.Wait("dm-seat", Second({0, 2}, 3), 1) == EnlistOutcome::kWaiting);
  REQUIRE(line.Wait("dm-berth", DemandKind{"berth", {0, 3}, 4}, 2) == EnlistOutcome::kWaiting);
  CHECK(line.Release("bk-1") == 1);
  CHECK(line.Served() == std::vector<std::string>{"dm-seat"});
  CHECK(line.Release("bk-2") == 1);
  CHECK(line.Served() == std::vector<std::string>{"dm-berth"});
  const AddedUnits more = {.class_code = "berth", .first_unit = 12, .units = 1};
  CHECK(*subject->Run(line.index().AddCapacity(kRun, more)) == 0);
  AddedUnits seats = more;
  seats.class_code = "second";
  seats.first_unit = 13;
  CHECK(Reason(subject->Run(line.index().AddCapacity(kRun, seats)).status()) == "CAPACITY_INVALID");
  const IndexState index = *subject->Run(line.index().FullState(kRun.run));
  CHECK(index.free == FreeOf(index.state));
  CHECK(Audit(index.state, index).conservation_error() == 0);
  CHECK(Audit(index.state, index).oversold == 0);
  RunState unlike = Sleeper();
  unlike.epoch = 2;
  unlike.classes[1].coach_sizes = {12};
  CHECK(Reason(subject->Run(line.index().Load(unlike)).status()) == "STATE_INVALID");
}

TEST_CASE("a run that has ended is forgotten", "[slot][inventory]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  const RunEpoch before = {kRun.run, 0};
  CHECK(Reason(subject->Run(line.index().Remove(before))) == "STALE_INDEX");
  REQUIRE(subject->Run(line.index().Remove(kRun)).ok());
  REQUIRE(subject->Run(line.index().Remove(kRun)).ok());
  CHECK(Reason(line.Buy("bk-1", Second({0, 1}, 1)).status()) == "STALE_INDEX");
  line.Load(Train());
  CHECK(line.Buy("bk-1", Second({0, 1}, 1)).ok());
}

namespace {

// A run sold to one buyer, many waiting, and a bound that one call cannot do all of.
class Crowd final {
 public:
  explicit Crowd(InventorySubject& subject) : subject_(subject), line_(subject) {
    line_.Load(Train());
    REQUIRE(line_.Buy("bk-all", Second({0, 3}, 6)).ok());
    for (int i = 1; i <= 8; ++i) {
      const LegRange legs = {i % 3, 3};
      REQUIRE(line_.Wait(absl::StrCat("dm-", i), Second(legs, 1 + i % 2), i) ==
              EnlistOutcome::kWaiting);
    }
  }

  // Calls a function of the library once, however much it leaves over.
  redis::Reply Once(const std::string& function, std::vector<std::string> args) {
    std::vector<std::string> argv = {"FCALL", function, "1", "h:{s00}:r:rn-g35"};
    argv.insert(argv.end(), args.begin(), args.end());
    return subject_.Command(argv);
  }

  Line& line() { return line_; }

 private:
  InventorySubject& subject_;
  Line line_;
};

}  // namespace

TEST_CASE("what one call leaves over is done before anybody buys",
          "[slot][line][redis][W-05][X-05]") {
  const auto subject = InventorySubject::OrSkip(Backend::kRedis, 1);
  if (!subject) return;
  Crowd crowd(*subject);
  const auto plain = InventorySubject::OrSkip(Backend::kMemory, 1);
  Crowd expected(*plain);
  REQUIRE(expected.line().Release("bk-all") > 3);
  subject->BoundWork(1);
  const redis::Reply released = crowd.Once("houbu_release", {"1", "bk-all"});
  REQUIRE(released.items().size() == 3);
  CHECK(released.items()[0].integer() == 1);
  CHECK(released.items()[1].integer() == 0);
  REQUIRE(released.items()[2].integer() == 1);
  SECTION("the buyer's own calls do it") {
    CHECK(Reason(crowd.line().Buy("bk-new", Second({0, 1}, 6)).status()) == "SOLD_OUT");
  }
  SECTION("a newcomer in line stands behind who was left over") {
    CHECK(crowd.line().Wait("dm-new", Second({0, 3}, 6), 99) == EnlistOutcome::kWaiting);
  }
  SECTION("whoever reads the matches does it") {
    for (int i = 0; i < 100; ++i) {
      REQUIRE(subject->Run(crowd.line().index().ReadMatches(0, "test", 100)).ok());
    }
    CHECK(subject->Command({"EXISTS", "h:{s00}:left"}).integer() == 0);
  }
  SECTION("a rebuild does it") {
    RunState state = subject->Run(crowd.line().index().FullState(kRun.run))->state;
    state.epoch = 2;
    crowd.line().Load(state);
  }
  CHECK(crowd.line().Served() == expected.line().Served());
  const IndexState index = *subject->Run(crowd.line().index().FullState(kRun.run));
  CHECK(Audit(index.state, index).servable_waiting == 0);
}

}  // namespace houbu::slot
