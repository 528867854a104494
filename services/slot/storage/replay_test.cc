// Requests sent again: nobody asks first whether they were answered before, and yet they are
// answered as before.
#include <catch2/catch.hpp>

#include "services/slot/storage/test_scene.h"

namespace houbu::slot {
namespace {

/// Believes nobody any more.
class RefusingStatements final : public StatementCheck {
 public:
  absl::StatusOr<std::vector<Traveller>> Verify(const SignedStatement&, absl::string_view,
                                                absl::Time) const override {
    return absl::FailedPreconditionError("expired");
  }
};

Wish WishOf(const std::string& travellers, const std::string& request = "") {
  Wish wish;
  wish.travellers = travellers;
  wish.request = request;
  return wish;
}

TEST_CASE("a request sent again gets its answer, whatever has become of the sale",
          "[slot][booking][X-07]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking first = scene->Book(WishOf("t1", "again-1")).value();
  REQUIRE(scene->Book(WishOf("t2,t3,t4")).ok());
  CHECK(ReasonOfOutcome(scene->Book(WishOf("t5", "again-2"))) == kSoldOut.reason);
  CHECK(scene->Book(WishOf("t1", "again-1")).value().id == first.id);
  CHECK(ReasonOfOutcome(scene->Book(WishOf("t9", "again-1"), "other")) == "REQUEST_ID_REUSED");

  const RefusingStatements expired;
  BookingCreation creation(scene->tools, expired);
  BookingWish asked;
  asked.origin.account = "accounts/ac-1";
  asked.run = RunId("g1");
  CHECK(scene->Run(creation.Create(asked, scene->Answer(scene->Key("again-1")))).value() ==
        first.id.value());
  CHECK_FALSE(scene->Run(creation.Create(asked, scene->Answer(scene->Key("again-9")))).ok());

  scene->clock.Advance(absl::Hours(24 * 30));
  CHECK(ReasonOfOutcome(scene->Book(WishOf("t6", "again-3"))) == kRunDeparted.reason);
  CHECK(scene->Book(WishOf("t1", "again-1")).value().id == first.id);
}

TEST_CASE("a request sent again takes no places, though its travellers are free",
          "[slot][booking][X-07]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking first = scene->Book(WishOf("t1,t2", "again-1")).value();
  REQUIRE(scene->Cancel(first, "again-2").ok());
  // The way is free for it, but for its own answer.
  CHECK(scene->Book(WishOf("t1,t2", "again-1")).value().id == first.id);
  CHECK(ReasonOfOutcome(scene->Book(WishOf("t1,t3", "again-1"), "other")) == "REQUEST_ID_REUSED");
  CHECK(scene->Wrongs().empty());
  CHECK(scene->Book(WishOf("t1,t2,t3,t4")).ok());
  CHECK(scene->Cancel(first, "again-2").value().state == BookingState::kCancelled);
  CHECK(ReasonOfOutcome(scene->Cancel(first, "again-3")) == kBookingOver.reason);
}

TEST_CASE("a repeated request leaves those in line what they can have",
          "[slot][booking][line][W-05]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking first = scene->Book(WishOf("t1,t2,t3,t4", "again-1")).value();
  REQUIRE(scene->Enlist("dm-1", WishOf("t5")).ok());
  REQUIRE(scene->Cancel(first).ok());
  scene->Match();
  CHECK(scene->LoadDemand("dm-1").state == DemandState::kMatched);
  // Three are left: the repeated request finds no room for four, and its answer all the same.
  CHECK(scene->Book(WishOf("t1,t2,t3,t4", "again-1")).value().id == first.id);
  REQUIRE(scene->Enlist("dm-2", WishOf("t6,t7,t8")).ok());
  scene->Match();
  CHECK(scene->LoadDemand("dm-2").state == DemandState::kMatched);
  CHECK(scene->Wrongs().empty());
}

}  // namespace
}  // namespace houbu::slot
