// Booking again after a cancellation, on real PostgreSQL.
#include "services/slot/storage/test_scene.h"

namespace houbu::slot {
namespace {

Wish Window(const std::string& travellers = "t1") {
  Wish wish;
  wish.run = "w1";
  wish.class_code = "exit-card";
  wish.from = wish.to = "pek";
  wish.travellers = travellers;
  return wish;
}

}  // namespace

TEST_CASE("a cancelled appointment is booked again under a new number, linked both ways",
          "[slot][rebooking][R-13]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking first = scene->BookPaid(Window()).value();
  REQUIRE(scene->Cancel(first).ok());
  const Booking again = scene->Rebook(first, "w2").value();
  CHECK(again.number != first.number);
  CHECK(again.rebooked_from == first.id.value());
  CHECK(scene->Load(first.id)->rebooked_to == again.id.value());
  CHECK(again.destination_country == "JP");
  CHECK(again.total == Fen(2000));
  CHECK(scene->Pay(again)->state == BookingState::kBooked);
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("booking again is for the owner, once, of what was cancelled, for the same persons",
          "[slot][rebooking][R-13]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking first = scene->BookPaid(Window()).value();
  CHECK(ReasonOfOutcome(scene->Rebook(first, "w2")) == "NOT_CANCELLED");
  REQUIRE(scene->Cancel(first).ok());
  CHECK(ReasonOfOutcome(scene->Rebook(first, "w2", "t1", "accounts/ac-2")) == "BOOKING_NOT_FOUND");
  CHECK(ReasonOfOutcome(scene->Rebook(first, "w2", "t2")) == "OTHER_TRAVELLERS");
  CHECK(ReasonOfOutcome(scene->Rebook(first, "g1")) == "CLASS_UNKNOWN");
  const Booking second = scene->Rebook(first, "w2").value();
  CHECK(ReasonOfOutcome(scene->Rebook(first, "w9")) == "ALREADY_REBOOKED");
  // Not paid in time: the cancelled booking may be booked again after all.
  scene->clock.Advance(absl::Minutes(10));
  REQUIRE(scene->Run(scene->due.Sweep(10)).ok());
  CHECK(scene->Load(second.id)->state == BookingState::kExpired);
  CHECK(scene->Rebook(first, "w9").ok());
}

TEST_CASE("a preview fills in what is known, and shows where there is room when nothing is left",
          "[slot][rebooking][R-13][R-12]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking first = scene->BookPaid(Window()).value();
  REQUIRE(scene->Cancel(first).ok());
  REQUIRE(scene->BookPaid(Window("t2")).ok());
  REQUIRE(scene->BookPaid(Window("t3")).ok());
  Origin owner;
  owner.account = first.account;
  const RebookingPreview preview =
      scene->Run(scene->rebooking.Preview(owner, first.id, std::nullopt)).value();
  CHECK(preview.day.sold_out);
  CHECK(preview.total == Fen(2000));
  std::vector<std::string> others;
  for (const WindowOffer& offer : preview.day.alternatives) others.push_back(offer.run.id.value());
  CHECK(others == std::vector<std::string>{"w2", "w9"});
  CHECK(preview.missing == std::vector<std::string>{"run", "statement"});
}

TEST_CASE("an appointment can be booked from 30 to 3 days before", "[slot][rules][R-10]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  struct Row {
    absl::CivilMinute now;  // in Shanghai
    const char* reason;
  };
  const Row rows[] = {
      {absl::CivilMinute(2026, 10, 31, 23, 59), "SALE_NOT_OPEN"},
      {absl::CivilMinute(2026, 11, 28, 23, 59), ""},
      {absl::CivilMinute(2026, 11, 29, 0, 0), "OUTSIDE_BOOKING_PERIOD"},
      {absl::CivilMinute(2026, 12, 1, 9, 0), "RUN_DEPARTED"},
  };
  absl::TimeZone shanghai;
  REQUIRE(absl::LoadTimeZone("Asia/Shanghai", &shanghai));
  for (const Row& row : rows) {
    scene->clock.Set(absl::FromCivil(row.now, shanghai));
    CHECK(ReasonOfOutcome(scene->Book(Window())) == row.reason);
  }
}

}  // namespace houbu::slot
