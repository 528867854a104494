// The line: who gets what becomes free, on real PostgreSQL.
#include "services/slot/storage/test_scene.h"

namespace houbu::slot {
namespace {

// All four seats of g1 from a to c, paid.
Booking SellOut(Scene& scene, const std::string& travellers = "s1,s2,s3,s4") {
  Wish wish;
  wish.travellers = travellers;
  return scene.BookPaid(wish).value();
}

}  // namespace

TEST_CASE("a cancelled place goes to the first waiter it fits, never back by itself",
          "[slot][line][R-05][W-05][W-07]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking pair = SellOut(*scene, "s1,s2");
  SellOut(*scene, "s3,s4");
  Wish three;
  three.travellers = "t1,t2,t3";
  Wish two;
  two.travellers = "t4,t5";
  Wish one;
  one.travellers = "t6";
  REQUIRE(scene->Enlist("dm-three", three).ok());
  REQUIRE(scene->Enlist("dm-two", two).ok());
  REQUIRE(scene->Enlist("dm-one", one).ok());
  REQUIRE(scene->Cancel(pair).ok());
  scene->Match();
  CHECK(scene->LoadDemand("dm-three").state == DemandState::kWaiting);
  CHECK(scene->LoadDemand("dm-two").state == DemandState::kMatched);
  CHECK(scene->LoadDemand("dm-one").state == DemandState::kWaiting);
  CHECK(scene->CountCalls("OnMatch") == 1);
  Wish buyer;
  buyer.travellers = "s1";
  CHECK(ReasonOfOutcome(scene->Book(buyer)) == "SOLD_OUT");

  REQUIRE(scene->Run(scene->matching.Decided(DemandId("dm-two"), true)).ok());
  const Demand served = scene->LoadDemand("dm-two");
  CHECK(served.state == DemandState::kServed);
  const Booking booking = scene->Load(served.booking).value();
  CHECK(booking.state == BookingState::kBooked);
  CHECK(booking.payment == "payments/of-dm-two");
  CHECK(booking.total == Fen(40000));
  CHECK(booking.places.size() == 2);
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("a booking served from the line is cancelled like any other, and serves the next",
          "[slot][line][W-10][R-05]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking all = SellOut(*scene);
  Wish four;
  four.travellers = "t1,t2,t3,t4";
  REQUIRE(scene->Enlist("dm-1", four).ok());
  Wish next;
  next.travellers = "t5";
  REQUIRE(scene->Enlist("dm-2", next).ok());
  REQUIRE(scene->Cancel(all).ok());
  scene->Match();
  REQUIRE(scene->Run(scene->matching.Decided(DemandId("dm-1"), true)).ok());
  const Booking served = scene->Load(scene->LoadDemand("dm-1").booking).value();
  REQUIRE(scene->Cancel(served).ok());
  scene->Match();
  CHECK(scene->LoadDemand("dm-2").state == DemandState::kMatched);
  CHECK(scene->CountCalls("RefundPayment") == 2);
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("places the listener declines go to the next in line", "[slot][line][W-05][W-08]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking all = SellOut(*scene);
  Wish first;
  first.travellers = "t1,t2,t3,t4";
  Wish second;
  second.travellers = "t5";
  REQUIRE(scene->Enlist("dm-1", first).ok());
  REQUIRE(scene->Enlist("dm-2", second).ok());
  REQUIRE(scene->Cancel(all).ok());
  scene->Match();
  REQUIRE(scene->Run(scene->matching.Decided(DemandId("dm-1"), false)).ok());
  REQUIRE(scene->Run(scene->matching.Decided(DemandId("dm-1"), false)).ok());
  scene->Match();
  CHECK(scene->LoadDemand("dm-1").state == DemandState::kWithdrawn);
  CHECK(scene->LoadDemand("dm-2").state == DemandState::kMatched);
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("who may not travel at the moment of serving is passed, and told why",
          "[slot][line][W-15]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking all = SellOut(*scene);
  Wish elsewhere;
  elsewhere.travellers = "t1";
  REQUIRE(scene->Enlist("dm-1", elsewhere).ok());
  Wish next;
  next.travellers = "t2";
  REQUIRE(scene->Enlist("dm-2", next).ok());
  elsewhere.run = "g3";
  REQUIRE(scene->BookPaid(elsewhere).ok());
  REQUIRE(scene->Cancel(all).ok());
  scene->Match();
  const Demand failed = scene->LoadDemand("dm-1");
  CHECK(failed.state == DemandState::kFailed);
  CHECK(failed.fail_reason == "ITINERARY_CONFLICT");
  CHECK(scene->LoadDemand("dm-2").state == DemandState::kMatched);
  CHECK(scene->CountCalls("OnDemandFailed") == 1);
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("a demand that is withdrawn is passed", "[slot][line][W-08]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking all = SellOut(*scene);
  Wish one;
  one.travellers = "t1";
  REQUIRE(scene->Enlist("dm-1", one).ok());
  const auto withdraw = [&] {
    return scene->Run(scene->line.Withdraw(DemandId("dm-1"), Origin(), scene->DemandAnswer()));
  };
  REQUIRE(withdraw().ok());
  REQUIRE(withdraw().ok());
  REQUIRE(scene->Cancel(all).ok());
  scene->Match();
  CHECK(scene->LoadDemand("dm-1").state == DemandState::kWithdrawn);
  CHECK(scene->CountCalls("OnMatch") == 0);
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("a demand whose train has left has failed", "[slot][line][W-11]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  SellOut(*scene);
  Wish one;
  one.travellers = "t1";
  REQUIRE(scene->Enlist("dm-1", one).ok());
  scene->clock.Set(scene->LoadDemand("dm-1").departs_at);
  REQUIRE(scene->Run(scene->line.SweepDeparted(10)).ok());
  CHECK(scene->LoadDemand("dm-1").fail_reason == "RUN_DEPARTED");
  REQUIRE(scene->Enlist("dm-2", one).ok());
  CHECK(scene->LoadDemand("dm-2").fail_reason == "RUN_DEPARTED");
  CHECK(scene->CountCalls("OnDemandFailed") == 2);
}

TEST_CASE("an appointment's line is the same line", "[slot][line][X-05][R-05]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Wish window;
  window.run = "w1";
  window.class_code = "exit-card";
  window.from = window.to = "pek";
  window.travellers = "t1";
  const Booking first = scene->BookPaid(window).value();
  window.travellers = "t2";
  REQUIRE(scene->BookPaid(window).ok());
  window.travellers = "t3";
  CHECK(ReasonOfOutcome(scene->Book(window)) == "SOLD_OUT");
  REQUIRE(scene->Enlist("dm-1", window).ok());
  REQUIRE(scene->Cancel(first).ok());
  scene->Match();
  CHECK(scene->LoadDemand("dm-1").state == DemandState::kMatched);
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("the line survives the loss of the index, in its order", "[slot][line][W-05][X-18]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking all = SellOut(*scene);
  Wish first;
  first.travellers = "t1,t2,t3";
  Wish second;
  second.travellers = "t4,t5";
  REQUIRE(scene->Enlist("dm-1", first).ok());
  REQUIRE(scene->Enlist("dm-2", second).ok());
  REQUIRE(scene->Cancel(all).ok());
  scene->index.Lose();  // with a match nobody has read
  CHECK(scene->Run(scene->keeper.ReviveLost(10)).value() == 1);
  CHECK(scene->Run(scene->keeper.ReviveLost(10)).value() == 0);
  scene->Match();
  CHECK(scene->LoadDemand("dm-1").state == DemandState::kMatched);
  CHECK(scene->LoadDemand("dm-2").state == DemandState::kWaiting);
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("what the index was never told is made good by a rebuild", "[slot][line][W-05]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking all = SellOut(*scene);
  Wish one;
  one.travellers = "t1";
  REQUIRE(scene->Enlist("dm-1", one).ok());
  // The process died between the commit and the release.
  Change change;
  change.now = scene->clock.Now();
  change.booking = slot::Cancel(all, "x", change.now).value();
  change.frees = all.id;
  change.owes_index = all.trip.run;
  REQUIRE(scene->Run(scene->record.Commit(change)).ok());
  CHECK_FALSE(scene->Wrongs().empty());
  scene->clock.Advance(absl::Seconds(3));
  REQUIRE(scene->Run(scene->keeper.RebuildOwed(10)).ok());
  scene->Match();
  CHECK(scene->LoadDemand("dm-1").state == DemandState::kMatched);
  CHECK(scene->Wrongs().empty());
  CHECK(scene->Run(scene->keeper.RebuildOwed(10)).value() == 0);
}

TEST_CASE("places taken in the index for a booking that never came are given back",
          "[slot][index][X-18]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking booked = scene->BookPaid(Wish()).value();
  RunEpoch epoch;
  epoch.run = "g1";
  epoch.epoch = scene->Run(scene->runs.Load(RunId("g1")))->epoch;
  DemandKind kind{"second", {0, 2}, 3};
  REQUIRE(scene->Run(scene->fresh_index.Allocate(epoch, kind, "bk-never")).ok());
  scene->clock.Advance(absl::Seconds(60));
  REQUIRE(scene->Run(scene->keeper.SweepTokens()).ok());
  CHECK(scene->Wrongs().empty());
  CHECK(scene->Load(booked.id)->state == BookingState::kBooked);
}

TEST_CASE("added places serve the line first", "[slot][line][X-13][W-05]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  SellOut(*scene);
  Wish two;
  two.travellers = "t1,t2";
  REQUIRE(scene->Enlist("dm-1", two).ok());
  Addition addition;
  addition.run = RunId("g1");
  addition.class_code = "second";
  addition.units = 2;
  addition.coach = "02";
  StoredAnswer answer;
  answer.key = scene->Key();
  REQUIRE(scene->Run(scene->keeper.AddCapacity(addition, answer)).ok());
  REQUIRE(scene->Run(scene->keeper.AddCapacity(addition, answer)).ok());
  scene->Match();
  CHECK(scene->LoadDemand("dm-1").state == DemandState::kMatched);
  CHECK(scene->LoadDemand("dm-1").units == std::vector<int>{4, 5});
  CHECK(scene->Wrongs().empty());
}

}  // namespace houbu::slot
