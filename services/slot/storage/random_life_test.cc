// Random lives of bookings and demands, with an index that is lost now and then: whatever happens,
// nothing is sold twice, nothing is lost, and nobody waits for what is free.
#include <map>
#include <random>

#include "services/slot/storage/test_scene.h"

namespace houbu::slot {
namespace {

// Does one random thing after another.
class Chance final {
 public:
  Chance(Scene& scene, unsigned seed) : scene_(scene), random_(seed) {}

  void Step() {
    switch (Below(11)) {
      case 0:
      case 1:
      case 2:
        return Book();
      case 3:
      case 4:
        return Cancel();
      case 5:
      case 6:
        return Enlist();
      case 7:
        return Withdraw();
      case 8:
        return Expire();
      case 9:
        return Decide();
      default:
        if (Below(4) == 0) scene_.index.Lose();
    }
  }

  void Settle() {
    REQUIRE(scene_.Run(scene_.keeper.ReviveLost(10)).ok());
    do {
      scene_.Match();
      Decide();
    } while (scene_.Run(scene_.matching.ReadAll()).value() > 0);
  }

 private:
  int Below(int bound) { return std::uniform_int_distribution<>(0, bound - 1)(random_); }

  Wish RandomWish() {
    Wish wish;
    wish.class_code = Below(3) == 0 ? "standing" : "second";
    const int stretch = Below(3);
    wish.from = stretch == 1 ? "b" : "a";
    wish.to = stretch == 0 ? "b" : "c";
    wish.travellers = absl::StrCat("t", ++traveller_);
    for (int more = Below(3); more > 0; --more) {
      absl::StrAppend(&wish.travellers, ",t", ++traveller_);
    }
    return wish;
  }

  void Book() {
    const auto booking = scene_.Book(RandomWish());
    if (!booking.ok()) {
      CHECK(ReasonOfOutcome(booking) == "SOLD_OUT");
      return;
    }
    bookings_.push_back(booking->id);
    if (Below(3) > 0) CHECK(scene_.Pay(*booking).ok());
  }

  void Cancel() {
    if (bookings_.empty()) return;
    const Booking booking =
        scene_.Load(bookings_[static_cast<std::size_t>(Below(static_cast<int>(bookings_.size())))])
            .value();
    const auto cancelled = scene_.Cancel(booking);
    if (!cancelled.ok()) CHECK(ReasonOfOutcome(cancelled) == "BOOKING_OVER");
  }

  void Enlist() {
    const std::string id = absl::StrCat("dm-", ++demand_);
    REQUIRE(scene_.Enlist(id, RandomWish()).ok());
    demands_.push_back(id);
  }

  void Withdraw() {
    if (demands_.empty()) return;
    const DemandId id(demands_[static_cast<std::size_t>(Below(static_cast<int>(demands_.size())))]);
    REQUIRE(scene_.Run(scene_.line.Withdraw(id, Origin(), scene_.DemandAnswer())).ok());
  }

  void Expire() {
    scene_.clock.Advance(absl::Minutes(Below(8)));
    REQUIRE(scene_.Run(scene_.due.Sweep(100)).ok());
    REQUIRE(scene_.Run(scene_.keeper.SweepTokens()).ok());
    REQUIRE(scene_.Run(scene_.keeper.RebuildOwed(100)).ok());
  }

  void Decide() {
    scene_.Match();
    for (const std::string& id : demands_) {
      const Demand demand = scene_.LoadDemand(id);
      if (demand.state != DemandState::kMatched) continue;
      const bool accepted = Below(4) > 0;
      REQUIRE(scene_.Run(scene_.matching.Decided(demand.id, accepted)).ok());
      if (accepted) bookings_.push_back(demand.booking);
    }
  }

  Scene& scene_;
  std::mt19937 random_;
  int traveller_ = 0;
  int demand_ = 0;
  std::vector<BookingId> bookings_;
  std::vector<std::string> demands_;
};

}  // namespace

TEST_CASE("whatever happens in whatever order, the inventory stays whole",
          "[slot][random][X-01][X-18][W-05][W-07]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const unsigned seed = Catch::rngSeed() == 0 ? std::random_device()() : Catch::rngSeed();
  INFO("seed " << seed << " (repeat with --rng-seed)");
  Chance chance(*scene, seed);
  for (int round = 0; round < 12; ++round) {
    for (int step = 0; step < 12; ++step) chance.Step();
    chance.Settle();
    REQUIRE(scene->Wrongs() == std::vector<std::string>());
  }
}

}  // namespace houbu::slot
