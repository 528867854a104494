// Searches over the sample that is shipped: trains by place and day, windows with alternatives.
#include "services/slot/storage/catalogue_subject.h"

namespace houbu::slot {
namespace {

// "PEK 2026-12-07 10:00" for each.
std::vector<std::string> Words(const std::vector<WindowOffer>& offers) {
  std::vector<std::string> words;
  for (const WindowOffer& offer : offers) {
    words.push_back(offer.run.stops[0].station + " " +
                    absl::FormatTime("%Y-%m-%d %H:%M", offer.run.departs_at, ZoneOf(offer.run)));
  }
  return words;
}

}  // namespace

TEST_CASE("a search by city lists trains of all its stations by departure",
          "[slot][catalogue][W-02]") {
  const auto subject = CatalogueSubject::OrSkip();
  if (!subject) return;
  subject->ImportSample();
  CHECK(subject->Trains("北京", "上海", December(5)) ==
        std::vector<std::string>{"G901", "G903", "Z9"});
  CHECK(subject->Trains("北京南", "上海", December(5)) == std::vector<std::string>{"G901", "G903"});
  CHECK(subject->Trains("VNP", "AOH", December(5)) == std::vector<std::string>{"G901", "G903"});
  CHECK(subject->Trains("天津", "济南", December(7)) ==
        std::vector<std::string>{"D941", "D941", "Z9"});  // D941 calls at two of its stations
  CHECK(subject->Trains("天津", "济南", December(6)) == std::vector<std::string>{"Z9"});  // Sunday
  CHECK(subject->Trains("上海", "天津", December(5)).empty());
  const auto unknown = subject->scene->Run(subject->journeys.RequirePlace("亚特兰蒂斯"));
  CHECK(ReasonOf(unknown) == "PLACE_UNKNOWN");
}

TEST_CASE("classes come with fare and what is left", "[slot][catalogue][W-02]") {
  const auto subject = CatalogueSubject::OrSkip();
  if (!subject) return;
  subject->ImportSample();
  const JourneyOffer journey = subject->Journey("G901", "北京南", "上海虹桥", December(5));
  REQUIRE(journey.classes.size() == 2);  // standing is not sold over the whole way
  CHECK(journey.classes[0].code == "first");
  CHECK(journey.classes[0].free == 2);
  CHECK(journey.classes[1].code == "second");
  CHECK(journey.classes[1].fare == Fen(62600));
  CHECK(journey.classes[1].free == 6);
  CHECK(journey.classes[1].on_sale);
  const auto over_first_leg = subject->Journey("G901", "北京南", "济南西", December(5)).classes;
  CHECK(ClassOf(over_first_leg, "standing").free == 4);
  const auto run = subject->scene->Run(subject->journeys.Get(journey.sold->id));
  REQUIRE(run.ok());
  CHECK(run->run.stops.size() == 4);
  CHECK(ClassOf(run->classes, "first").fare == Fen(100900));
}

TEST_CASE("a class sold out over a stretch is marked, and sold where it is free",
          "[slot][catalogue][W-02][X-01]") {
  const auto subject = CatalogueSubject::OrSkip();
  if (!subject) return;
  subject->ImportSample();
  Wish wish;
  wish.run = subject->Journey("G901", "北京南", "上海虹桥", December(5)).sold->id.value();
  wish.from = "JGK";
  wish.to = "AOH";
  wish.travellers = "t1,t2,t3,t4,t5,t6";
  REQUIRE(subject->scene->Book(wish).ok());
  const auto whole = subject->Journey("G901", "北京南", "上海虹桥", December(5)).classes;
  CHECK(ClassOf(whole, "second").free == 0);
  CHECK(ClassOf(whole, "second").waitlist);
  CHECK_FALSE(ClassOf(whole, "first").waitlist);
  const auto first_leg = subject->Journey("G901", "北京南", "济南西", December(5)).classes;
  CHECK(ClassOf(first_leg, "second").free == 6);
  CHECK_FALSE(ClassOf(first_leg, "second").waitlist);
}

TEST_CASE("the date of a search is the boarding date, after midnight too",
          "[slot][catalogue][W-02]") {
  const auto subject = CatalogueSubject::OrSkip();
  if (!subject) return;
  subject->ImportSample();
  const JourneyOffer evening = subject->Journey("Z9", "北京", "上海", December(5));
  const JourneyOffer night = subject->Journey("Z9", "济南", "上海", December(6));
  CHECK(night.sold == evening.sold);
  REQUIRE(night.sold != nullptr);
  CHECK(DayAt(night.departs_at, *LoadZone("Asia/Shanghai")) == December(6));
}

TEST_CASE("a train whose sale is not prepared is listed without classes",
          "[slot][catalogue][W-02]") {
  const auto subject = CatalogueSubject::OrSkip();
  if (!subject) return;
  subject->ImportSample();
  const JourneyOffer far =
      subject->Journey("G901", "北京南", "上海虹桥", absl::CivilDay(2027, 3, 1));
  CHECK(far.sold == nullptr);
  CHECK(far.classes.empty());
}

TEST_CASE("a train that has left is not on sale", "[slot][catalogue][W-02]") {
  const auto subject = CatalogueSubject::OrSkip();
  if (!subject) return;
  subject->ImportSample();
  const absl::CivilDay today(2026, 11, 20);  // it is ten o'clock
  const auto left = subject->Journey("G901", "北京南", "上海虹桥", today).classes;
  CHECK_FALSE(ClassOf(left, "second").on_sale);
  const auto later = subject->Journey("G901", "济南西", "上海虹桥", today).classes;
  CHECK(ClassOf(later, "second").on_sale);
}

TEST_CASE("pages of a search join to the whole", "[slot][catalogue][W-02]") {
  const auto subject = CatalogueSubject::OrSkip();
  if (!subject) return;
  subject->ImportSample();
  std::vector<std::string> trains;
  std::string after;
  for (bool more = true; more;) {
    const JourneyPage page = subject->Search("北京", "济南", December(7), 2, after);
    for (const JourneyOffer& offer : page.journeys) {
      trains.emplace_back(offer.train.data(), offer.train.size());
    }
    after = page.position;
    more = page.more;
  }
  CHECK(trains == std::vector<std::string>{"D941", "D941", "G901", "G903", "Z9"});
}

TEST_CASE("the windows of a day come by time with their places", "[slot][catalogue][R-11]") {
  const auto subject = CatalogueSubject::OrSkip();
  if (!subject) return;
  subject->ImportSample();
  Scene& scene = *subject->scene;
  const auto day =
      scene.Run(scene.search.Find("北京首都口岸", "exit-card", December(4), scene.clock.Now()));
  REQUIRE(day.ok());
  CHECK(Words(day->windows) ==
        std::vector<std::string>{"PEK 2026-12-04 09:00", "PEK 2026-12-04 14:00"});
  CHECK_FALSE(day->sold_out);
  CHECK(day->windows[0].free == 12);
  CHECK(day->windows[0].fare == Fen(2000));
  CHECK(day->alternatives.empty());
}

TEST_CASE("nothing left: the nearest days of the station first, then the nearest station",
          "[slot][catalogue][R-12]") {
  const auto subject = CatalogueSubject::OrSkip();
  if (!subject) return;
  subject->ImportSample();
  Scene& scene = *subject->scene;
  Wish wish;
  const absl::Time now = scene.clock.Now();
  const absl::CivilDay saturday = December(5);
  const auto open = scene.Run(scene.search.Find("PEK", "exit-card", saturday, now)).value();
  REQUIRE(open.windows.size() == 1);
  wish.run = open.windows[0].run.id.value();
  wish.class_code = "exit-card";
  wish.from = "PEK";
  wish.to = "PEK";
  wish.travellers = "t1,t2,t3,t4";
  REQUIRE(scene.Book(wish).ok());
  const auto day = scene.Run(scene.search.Find("PEK", "exit-card", saturday, now)).value();
  CHECK(day.sold_out);
  CHECK(day.windows[0].free == 0);
  CHECK(Words(day.alternatives) ==
        std::vector<std::string>{"PEK 2026-12-04 09:00", "PEK 2026-12-04 14:00",
                                 "PEK 2026-12-06 10:00", "PEK 2026-12-03 09:00",
                                 "PKX 2026-12-04 09:00", "PKX 2026-12-03 09:00",
                                 "PKX 2026-12-07 09:00", "PKX 2026-12-02 09:00"});
}

}  // namespace houbu::slot
