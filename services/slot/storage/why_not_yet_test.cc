// Why somebody still waits, on real PostgreSQL.
#include "services/slot/app/demand_explanation.h"
#include "services/slot/storage/test_scene.h"

namespace houbu::slot {
namespace {

absl::StatusOr<DemandExplanation> Explain(Scene& scene, const std::string& demand) {
  DemandExplainer explainer(scene.tools, scene.demands);
  return scene.Run(explainer.Explain(DemandId(demand)));
}

}  // namespace

TEST_CASE("who waits hears which leg is full between which stations until it is served",
          "[slot][line][X-17]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Wish second_leg;
  second_leg.from = "b";
  second_leg.travellers = "s1,s2,s3";
  const Booking three = scene->BookPaid(second_leg).value();
  second_leg.travellers = "s4";
  REQUIRE(scene->BookPaid(second_leg).ok());
  Wish first_leg;
  first_leg.to = "b";
  first_leg.travellers = "s5,s6,s7,s8";
  const Booking four = scene->BookPaid(first_leg).value();
  first_leg.travellers = "t1";
  REQUIRE(scene->Enlist("dm-short", first_leg).ok());
  Wish both;
  both.travellers = "t2,t3";
  REQUIRE(scene->Enlist("dm-long", both).ok());

  const DemandExplanation full = Explain(*scene, "dm-long").value();
  CHECK(full.demand.id.value() == "dm-long");
  CHECK(full.as_of == scene->clock.Now());
  REQUIRE(full.why.has_value());
  CHECK(full.why->unit_class == "second");
  CHECK(full.why->passengers == 2);
  CHECK(full.why->rank == 2);
  CHECK(full.why->in_the_way == 1);
  REQUIRE(full.blocks.size() == 2);
  CHECK(full.blocks[0].from.name == "甲");
  CHECK(full.blocks[0].to.name == "乙");
  CHECK(full.blocks[1].from.station == "b");
  CHECK(full.blocks[1].to.station == "c");
  CHECK(full.blocks[1].free == 0);

  REQUIRE(scene->Cancel(four).ok());  // dm-short is served of it, three seats stay free
  scene->Match();
  const DemandExplanation served = Explain(*scene, "dm-short").value();
  CHECK(served.demand.state == DemandState::kMatched);
  CHECK_FALSE(served.why.has_value());
  const DemandExplanation nearer = Explain(*scene, "dm-long").value();
  REQUIRE(nearer.why.has_value());
  CHECK(nearer.why->rank == 1);
  CHECK(nearer.why->in_the_way == 0);
  REQUIRE(nearer.blocks.size() == 1);
  CHECK(nearer.blocks[0].from.name == "乙");
  CHECK(nearer.blocks[0].to.name == "丙");

  REQUIRE(scene->Cancel(three).ok());
  scene->Match();
  CHECK(Explain(*scene, "dm-long")->demand.state == DemandState::kMatched);
}

TEST_CASE("a window's line is explained over its one leg, a withdrawn demand not at all",
          "[slot][line][X-17][X-05]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Wish window;
  window.run = "w1";
  window.class_code = "exit-card";
  window.from = window.to = "pek";
  for (const char* traveller : {"t1", "t2"}) {
    window.travellers = traveller;
    REQUIRE(scene->BookPaid(window).ok());
  }
  window.travellers = "t3";
  REQUIRE(scene->Enlist("dm-1", window).ok());
  const DemandExplanation waits = Explain(*scene, "dm-1").value();
  REQUIRE(waits.blocks.size() == 1);
  CHECK(waits.blocks[0].from.name == "首都");
  CHECK(waits.blocks[0].to.name == "首都");
  CHECK(waits.blocks[0].free == 0);
  CHECK(waits.why->rank == 1);

  REQUIRE(scene->Run(scene->line.Withdraw(DemandId("dm-1"), Origin(), scene->DemandAnswer())).ok());
  const DemandExplanation over = Explain(*scene, "dm-1").value();
  CHECK(over.demand.state == DemandState::kWithdrawn);
  CHECK_FALSE(over.why.has_value());
  CHECK(over.blocks.empty());
  CHECK(ReasonOfOutcome(Explain(*scene, "dm-nobody")) == "DEMAND_NOT_FOUND");
}

}  // namespace houbu::slot
