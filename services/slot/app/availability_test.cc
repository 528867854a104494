// The copy of what is free: how it is filled, kept, bounded, and how it says what it does not know.
#include "services/slot/app/search_subject.h"

namespace houbu::slot {
namespace {

const absl::CivilDay kDay(2026, 12, 1);
constexpr LegRange kWhole = {0, 2};

void WriteDown(SearchSubject& subject, const std::string& sharing = "") {
  subject.Station("A", "Ah", "");
  subject.Station("B", "Bee", "");
  subject.Station("C", "Cee", "");
  subject.Train("G1", "A 08:00 B 09:00 C 10:00");
  subject.Sell("G1", "second", 20000);
  subject.Sell("G1", "standing", 10000, ClassKind::kCounted);
  if (!sharing.empty()) {
    subject.Sell("G1", sharing, 5000);
    ClassTemplate& sold = subject.catalogue.content.offers[0].trains.back().classes.back();
    sold.shares = "second";
    sold.coaches.clear();
  }
  subject.Open();
}

JourneyQuery Query(absl::CivilDay day = kDay) {
  JourneyQuery query;
  query.origin = "A";
  query.destination = "C";
  query.day = day;
  return query;
}

// What a search that asks nobody says is left of second class, or of the class that is the one but
// so many dearest; -1 where it does not know.
int Left(SearchSubject& subject, absl::CivilDay day = kDay, std::size_t cheaper = 0) {
  const auto page = subject.journeys.Look(Query(day));
  REQUIRE(page.ok());
  REQUIRE(page->journeys.size() == 1);
  const ClassOffer& offer = page->journeys[0].classes.at(cheaper);
  REQUIRE((cheaper > 0 || offer.code == "second"));
  CHECK((offer.state == OfferState::kUnknown) == !page->unknown.empty());
  return offer.state == OfferState::kUnknown ? -1 : offer.free;
}

}  // namespace

TEST_CASE("runs nobody sold are free as the record has them; a sale is seen at the next round",
          "[slot][availability][W-02]") {
  SearchSubject subject;
  WriteDown(subject);
  CHECK(subject.Run(subject.availability.CheckFilled()).ok());
  CHECK(subject.availability.figures().runs_followed == 31);
  CHECK(Left(subject) == 10);
  subject.Take(subject.RunOf("G1", kDay), "second", kWhole, 3);
  CHECK(Left(subject) == 10);
  subject.CatchUp();
  CHECK(Left(subject) == 7);
  CHECK(Left(subject, kDay + 1) == 10);
}

TEST_CASE("nothing is said to be free before it was read", "[slot][availability][W-02]") {
  SearchSubject subject;
  subject.changes.away = true;
  WriteDown(subject);
  CHECK(Left(subject) == -1);
  CHECK(subject.availability.as_of() == absl::InfinitePast());
  // A search that may wait asks, and knows.
  const auto page = subject.Run(subject.journeys.Search(Query()));
  REQUIRE(page.ok());
  CHECK(page->journeys[0].classes.at(0).state == OfferState::kOnSale);
  CHECK(page->journeys[0].classes.at(0).free == 10);
  CHECK(subject.availability.figures().fetches == 1);
  // The process is ready without an index that is away, and fills its copy when it is back.
  CHECK(subject.Run(subject.availability.CheckFilled()).ok());
  subject.changes.away = false;
  subject.CatchUp();
  CHECK(Left(subject) == 10);
}

TEST_CASE("what is left of a class is what is left of the one whose places it sells",
          "[slot][availability][sharing]") {
  SearchSubject subject;
  WriteDown(subject, "bargain");
  const std::string run = subject.RunOf("G1", kDay);
  CHECK(Left(subject) == 10);
  CHECK(Left(subject, kDay, 2) == 10);
  subject.Take(run, "bargain", kWhole, 3);
  subject.Take(run, "second", {0, 1}, 2);
  subject.CatchUp();
  CHECK(Left(subject) == 5);
  CHECK(Left(subject, kDay, 2) == 5);
  subject.index.Lose();
  subject.CatchUp();
  CHECK(Left(subject, kDay, 2) == 10);
  CHECK(subject.availability.figures().contradictions == 0);
}

TEST_CASE("a process is not ready before its first fill", "[slot][availability]") {
  SearchSubject subject;
  WriteDown(subject);
  Availability fresh(Availability::Tools{subject.clock, subject.board, subject.index,
                                         subject.changes, subject.record, subject.opened,
                                         AvailabilityPolicy()});
  CHECK(absl::IsUnavailable(subject.Run(fresh.CheckFilled())));
  REQUIRE(subject.Run(fresh.Follow()).ok());
  CHECK(subject.Run(fresh.CheckFilled()).ok());
}

TEST_CASE("the copy says how old it is, and while the index is away it ages",
          "[slot][availability][W-02]") {
  SearchSubject subject;
  WriteDown(subject);
  const std::string run = subject.RunOf("G1", kDay);
  subject.Take(run, "second", kWhole, 2);
  subject.CatchUp();
  const absl::Time before = subject.clock.Now();
  CHECK(subject.availability.as_of() == before);
  subject.clock.Advance(absl::Seconds(7));
  subject.changes.away = true;
  subject.Take(run, "second", kWhole, 5);
  subject.CatchUp();
  CHECK(Left(subject) == 8);
  CHECK(subject.availability.as_of() == before);
  CHECK(subject.journeys.Look(Query())->as_of == before);
  CHECK(subject.availability.figures().outages > 0);
  subject.changes.away = false;
  subject.CatchUp();
  CHECK(Left(subject) == 3);
  CHECK(subject.availability.as_of() == subject.clock.Now());
}

TEST_CASE("an index that lost everything is read anew, and shows what the record has",
          "[slot][availability][X-18]") {
  SearchSubject subject;
  WriteDown(subject);
  subject.Take(subject.RunOf("G1", kDay), "second", kWhole, 3);
  subject.CatchUp();
  REQUIRE(Left(subject) == 7);
  subject.index.Lose();  // the record never heard of what was taken
  subject.CatchUp();
  CHECK(subject.availability.figures().gaps == 1);
  CHECK(Left(subject) == 10);
  subject.Take(subject.RunOf("G1", kDay), "second", kWhole, 1);
  subject.CatchUp();
  CHECK(Left(subject) == 9);
}

TEST_CASE("a run that is loaded anew in a later epoch is read anew", "[slot][availability][X-18]") {
  SearchSubject subject;
  WriteDown(subject);
  const std::string run = subject.RunOf("G1", kDay);
  subject.Take(run, "second", kWhole, 3);
  subject.CatchUp();
  RunState state = subject.Run(subject.record.ReadState(RunId(run))).value();
  state.epoch += 4;
  const RunEpoch later = {run, state.epoch};
  REQUIRE(subject.Run(subject.index.Load(std::move(state))).ok());
  const DemandKind kind = {"second", kWhole, 1};
  REQUIRE(subject.Run(subject.index.Allocate(later, kind, "bk-later")).ok());
  subject.CatchUp();
  CHECK(Left(subject) == 9);
  CHECK(subject.availability.figures().replaced > 0);
  CHECK(subject.availability.figures().contradictions == 0);
}

TEST_CASE("memory is bounded: the furthest runs are not kept, and are asked for when they are met",
          "[slot][availability]") {
  SearchSubject subject(5000);
  WriteDown(subject);
  const AvailabilityFigures figures = subject.availability.figures();
  CHECK(figures.bytes <= 5000);
  CHECK(figures.runs_followed > 2);
  CHECK(figures.runs_dropped > 10);
  CHECK(figures.runs_followed + figures.runs_dropped == 31);
  const absl::CivilDay near(2026, 11, 21);
  const absl::CivilDay far(2026, 12, 18);
  CHECK(Left(subject, near) == 10);
  subject.Take(subject.RunOf("G1", far), "second", kWhole, 4);
  subject.CatchUp();
  CHECK(Left(subject, far) == -1);
  const auto page = subject.Run(subject.journeys.Search(Query(far)));
  REQUIRE(page.ok());
  CHECK(page->journeys[0].classes.at(0).free == 6);
  CHECK(page->unknown.empty());
  // As days go by, what was far comes near and is kept.
  subject.clock.Advance(absl::Hours(24 * 25));
  for (int rounds = 0; rounds < 5; ++rounds) subject.CatchUp();
  CHECK(subject.availability.figures().bytes <= 5000);
  CHECK(Left(subject, far) == 6);
}

TEST_CASE("windows are found in memory, by day and place, with others where nothing is left",
          "[slot][search][R-11][R-12]") {
  SearchSubject subject;
  WindowOfferTemplate window;
  window.class_code = "exit-card";
  window.weekdays = 127;
  window.opens = 9 * 3600;
  window.closes = 12 * 3600;
  window.capacity = 10;
  window.fee_fen = 2000;
  window.first_day = absl::CivilDay(2026, 1, 1);
  window.last_day = absl::CivilDay(2027, 12, 31);
  const std::vector<std::pair<std::string, double>> places = {{"N", 40}, {"F", 20}, {"H", 39}};
  for (const auto& [id, lat] : places) {
    subject.Station(id, "Port " + id, "", {lat, 116});
    window.station = subject.catalogue.content.timetables[0].stations.back();
    subject.catalogue.content.offers[0].windows.push_back(window);
  }
  subject.Open();
  WindowQuery query;
  query.station = "Port H";
  query.class_code = "exit-card";
  query.day = kDay;
  const auto open = subject.windows.Look(query, subject.clock.Now());
  REQUIRE(open.has_value());
  REQUIRE(open->windows.size() == 1);
  CHECK(open->windows[0].free == 10);
  CHECK(open->windows[0].fare == Fen(2000));
  CHECK(open->as_of == subject.clock.Now());
  CHECK_FALSE(open->sold_out);
  subject.Take(open->windows[0].run.id.value(), "exit-card", {0, 1}, 10);
  subject.CatchUp();
  const auto full = subject.windows.Look(query, subject.clock.Now());
  REQUIRE(full.has_value());
  CHECK(full->sold_out);
  std::vector<std::string> others;
  for (const WindowOffer& offer : full->alternatives) {
    others.push_back(offer.run.stops[0].station + " " + FormatCivilDay(offer.run.service_date));
  }
  CHECK(others == std::vector<std::string>{"H 2026-11-30", "H 2026-12-02", "H 2026-11-29",
                                           "H 2026-12-03", "N 2026-12-01", "N 2026-11-30",
                                           "N 2026-12-02", "N 2026-11-29"});
  // Who does not know does not say that nothing is left.
  SearchSubject away;
  away.changes.away = true;
  away.catalogue.content = subject.catalogue.content;
  away.Open();
  CHECK_FALSE(away.windows.Look(query, away.clock.Now()).has_value());
  const auto asked = away.Run(away.windows.Find("H", "exit-card", kDay, away.clock.Now()));
  REQUIRE(asked.ok());
  CHECK(asked->windows.at(0).free == 10);
}

}  // namespace houbu::slot
