// One contract for the record, run on memory and on PostgreSQL: the referee says the same.
#include "absl/strings/str_join.h"

#include "services/slot/storage/record_subject.h"

namespace houbu::slot {
namespace {

void CheckReferee(Subject& subject) {
  const absl::Time now = subject.clock.Now();
  const auto commit = [&](const std::string& id, const std::string& travellers, LegRange legs,
                          std::vector<int> units) {
    return CommitReason(subject, BookingChange(id, travellers, legs, std::move(units), now));
  };
  CHECK(commit("bk-1", "t1,t2", {0, 1}, {0, 1}) == "");
  CHECK(commit("bk-2", "t3", {0, 2}, {1}) == "PLACE_TAKEN");
  CHECK(commit("bk-2", "t3", {1, 2}, {1}) == "");
  CHECK(commit("bk-3", "t1", {1, 2}, {3}) == "ONE_TICKET_PER_RUN");
  CHECK(commit("bk-3", "t4,t5", {0, 2}, {}) == "");
  CHECK(commit("bk-4", "t6", {1, 2}, {}) == "PLACE_TAKEN");

  Change stale = BookingChange("bk-5", "t7", {0, 1}, {3}, now);
  stale.claim->epoch = 7;
  CHECK(CommitReason(subject, stale) == "STALE_INDEX");
  CHECK_FALSE(subject.Run(subject.bookings.Load(BookingId("bk-5"))).ok());

  const RunState state = subject.Run(subject.inventory.ReadState(RunId("g1"))).value();
  CHECK(state.legs == 2);
  REQUIRE(state.taken.size() == 3);
  CHECK(state.taken[0] == TakenPlaces{"bk-1", DemandKind{"second", {0, 1}, 2}, {0, 1}});
  CHECK(state.taken[2] == TakenPlaces{"bk-3", DemandKind{"standing", {0, 2}, 2}, {}});
  CHECK(state.classes[0].coach_sizes == std::vector<int>{4});

  Change freed;
  freed.now = now;
  freed.frees = BookingId("bk-3");
  CHECK(CommitReason(subject, freed) == "");
  CHECK(commit("bk-4", "t4,t6", {0, 2}, {}) == "");
}

void CheckVersions(Subject& subject) {
  const absl::Time now = subject.clock.Now();
  const Booking kept = subject.Run(subject.bookings.Load(BookingId("bk-1"))).value();
  CHECK(kept.version == 1);
  CHECK(kept.places.size() == 2);
  CHECK(kept.history.size() == 1);
  Change cancel;
  cancel.now = now;
  cancel.booking = Cancel(kept, "行程有变", now).value();
  cancel.frees = kept.id;
  CHECK(CommitReason(subject, cancel) == "");
  CHECK(CommitReason(subject, cancel) == "CHANGED_MEANWHILE");
  const Booking cancelled = subject.Run(subject.bookings.Load(kept.id)).value();
  CHECK(cancelled.state == BookingState::kCancelled);
  CHECK(cancelled.cancel_reason == "行程有变");
  CHECK(cancelled.history == cancel.booking->history);

  Change link;
  link.now = now;
  link.link = RebookingLink{kept.id, "bk-2", ""};
  CHECK(CommitReason(subject, link) == "");
  CHECK(CommitReason(subject, link) == "ALREADY_REBOOKED");
  CHECK(subject.Run(subject.bookings.Load(kept.id))->rebooked_to == "bk-2");
}

void CheckAnswers(Subject& subject) {
  Change change;
  change.now = subject.clock.Now();
  StoredAnswer answer;
  answer.key.caller = "accounts/ac-1";
  answer.key.method = "/m";
  answer.key.request_id = "rq";
  answer.key.fingerprint = "f";
  answer.bytes = "as before";
  change.answer = answer;
  CHECK_FALSE(subject.Run(subject.record.FindAnswer(answer.key))->has_value());
  CHECK(CommitReason(subject, change) == "");
  CHECK(subject.Run(subject.record.FindAnswer(answer.key)).value() == "as before");
  CHECK(absl::IsAborted(subject.Run(subject.record.Commit(change)).status()));
  answer.key.fingerprint = "other";
  CHECK(ReasonOfResult(subject.Run(subject.record.FindAnswer(answer.key))) == "REQUEST_ID_REUSED");
}

void CheckEpochs(Subject& subject) {
  const RunId run("g1");
  Change owing;
  owing.now = subject.clock.Now();
  owing.owes_index = run;
  const Committed owed = subject.Run(subject.record.Commit(owing)).value();
  CHECK(owed.epoch == 1);
  CHECK(subject.Run(subject.inventory.ToRebuild(owing.now - absl::Seconds(1), 9))->empty());
  CHECK(subject.Run(subject.inventory.ToRebuild(owing.now, 9)).value() == std::vector<RunId>{run});
  const RaisedEpoch raised = subject.Run(subject.inventory.RaiseEpoch(run, 1, 5)).value();
  CHECK(raised.epoch == 6);
  CHECK(raised.debts.size() == 2);
  const RaisedEpoch again = subject.Run(subject.inventory.RaiseEpoch(run, 1, 0)).value();
  CHECK(again.epoch == 6);
  CHECK(again.debts.empty());
  REQUIRE(subject.Run(subject.inventory.Settle(run, raised.debts)).ok());
  CHECK(subject.Run(subject.inventory.ToRebuild(owing.now + absl::Hours(1), 9))->empty());
  CHECK(ReasonOfResult(subject.Run(subject.inventory.RaiseEpoch(RunId("none"), 1, 0))) ==
        "RUN_NOT_FOUND");
  CHECK(subject.Run(subject.inventory.RunsInUse("", 9)).value() == std::vector<RunId>{run});
  CHECK(subject.Run(subject.inventory.RunsInUse("g1", 9))->empty());
  const std::vector<std::string> holders = {"bk-1", "bk-2", "bk-none"};
  CHECK(subject.Run(subject.inventory.LiveHolders(holders)).value() ==
        std::set<std::string>{"bk-2"});
}

void CheckDemands(Subject& subject) {
  Demand demand;
  demand.id = DemandId("dm-1");
  demand.run = RunId("g1");
  demand.class_code = "second";
  demand.legs = LegRange{0, 2};
  demand.departs_at = subject.clock.Now() + absl::Hours(1);
  demand.effective_at = subject.clock.Now() - absl::Microseconds(1);
  demand.created_at = subject.clock.Now();
  demand.travellers = {Traveller{"t8", "p8", "旅*"}, Traveller{"t9", "p9", "旅*"}};
  Change change;
  change.now = subject.clock.Now();
  change.demand = demand;
  CHECK(CommitReason(subject, change) == "");
  CHECK(CommitReason(subject, change) == "DEMAND_EXISTS");
  const Demand kept = subject.Run(subject.demands.Load(demand.id)).value();
  CHECK(kept.travellers == demand.travellers);
  CHECK(kept.effective_at == demand.effective_at);
  CHECK(
      subject.Run(subject.demands.Departed(demand.departs_at - absl::Microseconds(1), 9))->empty());
  CHECK(subject.Run(subject.demands.Departed(demand.departs_at, 9))->size() == 1);
  change.demand = MatchWith(kept, MatchTerms{{2, 3}, BookingId("bk-9"), Fen(700)}).value();
  CHECK(CommitReason(subject, change) == "");
  CHECK(CommitReason(subject, change) == "CHANGED_MEANWHILE");
  const Demand matched = subject.Run(subject.demands.Load(demand.id)).value();
  CHECK(matched.units == std::vector<int>{2, 3});
  CHECK(matched.fare == Fen(700));
}

// The last of all: afterwards the train is gone.
void CheckEnd(Subject& subject) {
  const absl::Time departs_at = subject.Run(subject.runs.Load(RunId("g1")))->departs_at;
  subject.clock.Set(departs_at + kRunLongest - absl::Microseconds(1));
  CHECK(subject.Run(subject.inventory.RunsInUse("", 9))->size() == 1);
  subject.clock.Set(departs_at + kRunLongest);
  CHECK(subject.Run(subject.inventory.RunsInUse("", 9))->empty());
}

void CheckSale(Subject& subject) {
  const auto set = [&subject](const std::string& run, Sale sale, const std::string& request) {
    SaleChange change;
    change.run = RunId(run);
    change.sale = sale;
    StoredAnswer answer;
    answer.key = RequestKey{"operator", "/sale", request, request};
    return subject.Run(subject.inventory.SetSale(change, answer, subject.clock.Now()));
  };
  const auto sale = [&subject] {
    const Sale read = subject.Run(subject.inventory.ReadSale(RunId("g1"))).value();
    CHECK(subject.Run(subject.inventory.ReadState(RunId("g1"))).value().sale == read);
    return read;
  };
  CHECK(sale() == Sale::kOpen);
  const Committed closed = set("g1", Sale::kClosed, "rq-1").value();
  CHECK(closed.epoch == subject.Run(subject.inventory.ReadState(RunId("g1"))).value().epoch);
  CHECK(sale() == Sale::kClosed);
  CHECK_FALSE(set("g1", Sale::kClosed, "rq-1").ok());
  CHECK(set("g1", Sale::kClosed, "rq-2").ok());
  CHECK(set("g1", Sale::kOpen, "rq-3").ok());
  CHECK(sale() == Sale::kOpen);
  CHECK(ReasonOfResult(set("g9", Sale::kClosed, "rq-4")) == "RUN_NOT_FOUND");
  CHECK(ReasonOfResult(subject.Run(subject.inventory.ReadSale(RunId("g9")))) == "RUN_NOT_FOUND");
  std::vector<std::int64_t> debts(1, closed.debt);
  CHECK(subject.Run(subject.inventory.Settle(RunId("g1"), debts)).ok());
}

void CheckContract(Subject subject) {
  CheckReferee(subject);
  CheckVersions(subject);
  CheckAnswers(subject);
  CheckEpochs(subject);
  CheckDemands(subject);
  CheckEnd(subject);
  CheckSale(subject);
}

// Places of one class sold by another: `memory` or the sample with kSharingSample.
void CheckSharing(Subject subject) {
  const absl::Time now = subject.clock.Now();
  const auto commit = [&](const std::string& id, const std::string& traveller, bool bargain,
                          LegRange legs, int unit) {
    Change change = BookingChange(id, traveller, legs, {unit}, now);
    if (bargain) {
      change.booking->trip.class_code = change.claim->class_code = "bargain";
      change.claim->units_of = "second";
    }
    return CommitReason(subject, change);
  };
  CHECK(commit("bk-1", "t1", false, {0, 1}, 0) == "");
  CHECK(commit("bk-2", "t2", true, {0, 2}, 0) == "PLACE_TAKEN");
  CHECK(commit("bk-2", "t2", true, {1, 2}, 0) == "");
  CHECK(commit("bk-3", "t3", false, {1, 2}, 0) == "PLACE_TAKEN");
  CHECK(commit("bk-3", "t3", true, {0, 2}, 1) == "");

  const RunState state = subject.Run(subject.inventory.ReadState(RunId("g1"))).value();
  CHECK(Validate(state).ok());
  REQUIRE(state.classes.size() == 3);
  const ClassLayout* const bargain = FindClass(state, "bargain");
  REQUIRE(bargain != nullptr);
  CHECK(*bargain == ClassLayout{"bargain", ClassKind::kAssigned, 4, {4}, "second", "UL"});
  CHECK(FindClass(state, "second")->positions == "ACDF");
  CHECK(FreeOf(state)[0].count == std::vector<int>{2, 2});
  const std::vector<int> units = {1, 3};
  const auto named = subject.Run(subject.runs.Units(RunId("g1"), "bargain", units)).value();
  REQUIRE(named.size() == 2);
  CHECK(named[1].number == "04");

  Change freed;
  freed.now = now;
  freed.frees = BookingId("bk-2");
  CHECK(CommitReason(subject, freed) == "");
  CHECK(commit("bk-4", "t4", false, {1, 2}, 0) == "");
  freed.frees = BookingId("bk-4");
  CHECK(CommitReason(subject, freed) == "");
  CHECK(commit("bk-5", "t5", true, {1, 2}, 0) == "");

  const auto add = [&subject, now](const std::string& code) {
    StoredAnswer answer;
    answer.key = RequestKey{"operator", "/add", code, code};
    const Addition addition{RunId("g1"), code, 2, "02"};
    return subject.Run(subject.inventory.AddUnits(addition, answer, now));
  };
  CHECK(ReasonOfResult(add("bargain")) == "CAPACITY_INVALID");
  CHECK(add("second").value().units.first_unit == 4);
  const RunState grown = subject.Run(subject.inventory.ReadState(RunId("g1"))).value();
  CHECK(Validate(grown).ok());
  CHECK(FindClass(grown, "bargain")->coach_sizes == std::vector<int>{4, 2});
}

// Somebody who waits for places of g1, before all whose `place` in line is higher.
Demand Waiter(Subject& subject, const std::string& id, LegRange legs, int party, int place) {
  Demand demand;
  demand.id = DemandId(id);
  demand.run = RunId("g1");
  demand.class_code = "second";
  demand.legs = legs;
  demand.departs_at = subject.clock.Now() + absl::Hours(1);
  demand.effective_at = subject.clock.Now() - absl::Hours(1) + absl::Microseconds(place);
  demand.created_at = subject.clock.Now();
  for (int i = 0; i < party; ++i)
    demand.travellers.push_back({absl::StrCat(id, "-", i), "p", "旅"});
  Change change;
  change.now = subject.clock.Now();
  change.demand = demand;
  CHECK(CommitReason(subject, change) == "");
  return demand;
}

std::string ReasonOfMatch(Subject& subject, const Demand& demand, std::vector<int> units) {
  std::vector<std::string> keys;
  for (const Traveller& traveller : demand.travellers) keys.push_back(traveller.key);
  const BookingId booking("bk-" + demand.id.value());
  Change change = BookingChange(booking.value(), absl::StrJoin(keys, ","), demand.legs, units,
                                subject.clock.Now());
  change.booking.reset();
  change.claim->holder = demand.id.value();
  change.demand = MatchWith(demand, MatchTerms{units, booking, Fen(700)}).value();
  return CommitReason(subject, change);
}

void CheckTurns(Subject subject) {
  const Demand pair = Waiter(subject, "dm-pair", {0, 1}, 2, 1);
  const Demand early = Waiter(subject, "dm-early", {0, 1}, 1, 2);
  const Demand late = Waiter(subject, "dm-late", {0, 2}, 1, 3);
  const Demand beside = Waiter(subject, "dm-beside", {1, 2}, 1, 4);
  // Who came earlier would fit into the same places.
  CHECK(ReasonOfMatch(subject, late, {0}) == "OUT_OF_TURN");
  // Who came earlier waits for another stretch.
  CHECK(ReasonOfMatch(subject, beside, {1}) == "");
  // Who came earlier is a larger party.
  CHECK(ReasonOfMatch(subject, early, {0}) == "");
  // Nobody who fits is left before it.
  CHECK(ReasonOfMatch(subject, late, {2}) == "");
  CHECK(subject.Run(subject.demands.Load(pair.id))->state == DemandState::kWaiting);
  CHECK(subject.Run(subject.demands.Load(late.id))->state == DemandState::kMatched);
}

}  // namespace

TEST_CASE("the record in memory lets nobody pass over who came earlier", "[slot][record][W-05]") {
  boost::asio::io_context loop(1);
  testing::ManualClock clock;
  MemoryRecord memory(clock);
  memory.Open(TrainG1());
  CheckTurns(Subject{loop, clock, memory, memory, memory, memory, memory});
}

TEST_CASE("the record in PostgreSQL lets nobody pass over who came earlier",
          "[slot][record][W-05]") {
  const auto scene = RecordScene::OrSkip();
  if (!scene) return;
  CheckTurns(scene->subject());
}

TEST_CASE("the record in memory keeps its contract", "[slot][record][W-15][X-01][X-07]") {
  boost::asio::io_context loop(1);
  testing::ManualClock clock;
  MemoryRecord memory(clock);
  memory.Open(TrainG1());
  CheckContract(Subject{loop, clock, memory, memory, memory, memory, memory});
}

TEST_CASE("places sold by two classes are nobody's twice in memory", "[slot][record][X-01]") {
  boost::asio::io_context loop(1);
  testing::ManualClock clock;
  MemoryRecord memory(clock);
  MemoryRun train = TrainG1();
  train.run.classes[0].positions = "ACDF";
  train.run.classes.push_back(RunClass{"bargain", ClassKind::kAssigned, 4, "UL", "second"});
  memory.Open(std::move(train));
  CheckSharing(Subject{loop, clock, memory, memory, memory, memory, memory});
}

TEST_CASE("places sold by two classes are nobody's twice in PostgreSQL", "[slot][record][X-01]") {
  const auto scene = RecordScene::OrSkip();
  if (!scene) return;
  scene->Execute(kSharingSample);
  CheckSharing(scene->subject());
  CHECK(scene->Ask("SELECT count(*) FROM run_units WHERE class_code = 'bargain'") == "0");
}

TEST_CASE("the record in PostgreSQL keeps its contract", "[slot][record][W-15][X-01][X-07]") {
  const auto scene = RecordScene::OrSkip();
  if (!scene) return;
  CheckContract(scene->subject());
}

}  // namespace houbu::slot
