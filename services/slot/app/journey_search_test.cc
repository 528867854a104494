// Searches in memory: what is found, in which order, with what left.
#include "services/slot/app/search_subject.h"

namespace houbu::slot {
namespace {

using Words = std::vector<std::string>;

const absl::CivilDay kDay(2026, 12, 1);

JourneyQuery Query(const std::string& origin, const std::string& destination) {
  JourneyQuery query;
  query.origin = origin;
  query.destination = destination;
  query.day = kDay;
  return query;
}

JourneyPage Look(SearchSubject& subject, const JourneyQuery& query) {
  const auto page = subject.journeys.Look(query);
  REQUIRE(page.ok());
  return *page;
}

Words Found(SearchSubject& subject, const JourneyQuery& query) {
  return SearchSubject::Words(Look(subject, query).journeys);
}

// Two stations in city Ah, one in Bee and one in Cee; fast and slow trains between them.
void WriteDown(SearchSubject& subject) {
  subject.Station("A1", "Ah North", "Ah");
  subject.Station("A2", "Ah South", "Ah");
  subject.Station("B", "Bee", "");
  subject.Station("C", "Cee", "");
  subject.Train("G1", "A1 08:00 B 09:00 C 10:00");
  subject.Train("G3", "A2 12:00 C 13:30");
  subject.Train("D5", "A1 09:00 B 11:00 C 14:00");
  subject.Train("1461", "A2 22:00 B 24:30 C 26:00");
  subject.Train("K7", "A1 07:00 C 16:00");
  subject.Sell("G1", "first", 40000);
  subject.Sell("G1", "second", 20000);
  subject.Sell("G3", "second", 30000);
  subject.Sell("D5", "second", 10000);
  subject.Sell("D5", "standing", 5000, ClassKind::kCounted);
  subject.Sell("1461", "hard-seat", 4000);
  subject.Open();
}

}  // namespace

TEST_CASE("a search in memory lists by departure, and a city is all its stations",
          "[slot][search][W-02]") {
  SearchSubject subject;
  WriteDown(subject);
  CHECK(Found(subject, Query("Ah", "Cee")) ==
        Words{"K7 A1-C", "G1 A1-C", "D5 A1-C", "G3 A2-C", "1461 A2-C"});
  CHECK(Found(subject, Query("Ah North", "C")) == Words{"K7 A1-C", "G1 A1-C", "D5 A1-C"});
  CHECK(Found(subject, Query("C", "Ah")).empty());
  JourneyQuery night = Query("B", "C");
  night.day = kDay + 1;
  CHECK(Found(subject, night) == Words{"1461 B-C", "G1 B-C", "D5 B-C"});
  const auto unknown = subject.journeys.Look(Query("Ah", "Zed"));
  CHECK(ReasonOf(unknown.status()) == "PLACE_UNKNOWN");
  CHECK(MetadataOf(unknown.status()).at("place") == "Zed");
}

TEST_CASE("filters narrow a search by type, class and time of departure", "[slot][search][W-02]") {
  SearchSubject subject;
  WriteDown(subject);
  JourneyQuery query = Query("Ah", "C");
  query.filter.train_types = {"G", "0"};
  CHECK(Found(subject, query) == Words{"G1 A1-C", "G3 A2-C", "1461 A2-C"});
  query.filter = JourneyFilter();
  query.filter.classes = {"first", "standing"};
  const JourneyPage page = Look(subject, query);
  CHECK(SearchSubject::Words(page.journeys) == Words{"G1 A1-C", "D5 A1-C"});
  REQUIRE(page.journeys[0].classes.size() == 1);
  CHECK(page.journeys[0].classes[0].code == "first");
  query.filter = JourneyFilter();
  query.filter.departs_from = 8 * 60;
  query.filter.departs_to = 12 * 60;
  CHECK(Found(subject, query) == Words{"G1 A1-C", "D5 A1-C"});
  query.filter.departs_to = 12 * 60 + 1;
  CHECK(Found(subject, query) == Words{"G1 A1-C", "D5 A1-C", "G3 A2-C"});
}

TEST_CASE("a search is ordered by departure, duration or price, and pages join in every order",
          "[slot][search][W-02]") {
  SearchSubject subject;
  WriteDown(subject);
  JourneyQuery query = Query("Ah", "C");
  query.order = JourneyOrder::kDuration;
  CHECK(Found(subject, query) == Words{"G3 A2-C", "G1 A1-C", "1461 A2-C", "D5 A1-C", "K7 A1-C"});
  query.order = JourneyOrder::kPrice;  // 80, 100 (standing), 300, 400 yuan; K7 has no price
  CHECK(Found(subject, query) == Words{"1461 A2-C", "D5 A1-C", "G3 A2-C", "G1 A1-C", "K7 A1-C"});
  for (const JourneyOrder order :
       {JourneyOrder::kDeparture, JourneyOrder::kDuration, JourneyOrder::kPrice}) {
    JourneyQuery paged = Query("Ah", "C");
    paged.order = order;
    const Words whole = Found(subject, paged);
    Words joined;
    paged.limit = 2;
    for (bool more = true; more;) {
      const JourneyPage page = Look(subject, paged);
      for (const std::string& word : SearchSubject::Words(page.journeys)) joined.push_back(word);
      more = page.more;
      paged.after = page.position;
    }
    CHECK(joined == whole);
  }
}

TEST_CASE("classes come the dearest first, with what is left of each", "[slot][search][W-02]") {
  SearchSubject subject;
  WriteDown(subject);
  subject.Take(subject.RunOf("D5", kDay), "standing", {1, 2}, 10);
  subject.CatchUp();
  const JourneyPage whole = Look(subject, Query("A1", "C"));
  const std::vector<ClassOffer>& classes = whole.journeys[2].classes;
  REQUIRE(classes.size() == 2);
  CHECK(classes[0].code == "second");
  CHECK(classes[0].fare == Fen(20000));
  CHECK(classes[0].free == 10);
  CHECK(classes[0].state == OfferState::kOnSale);
  CHECK_FALSE(classes[0].waitlist);
  CHECK(classes[1].code == "standing");
  CHECK(classes[1].free == 0);
  CHECK(classes[1].state == OfferState::kNoneLeft);
  CHECK(classes[1].waitlist);  // 候补
  const JourneyPage first_leg = Look(subject, Query("A1", "B"));
  CHECK(first_leg.journeys[1].classes[1].free == 10);
}

TEST_CASE("a sale that has not begun or is over says so and asks nobody to wait",
          "[slot][search][W-02]") {
  SearchSubject subject;
  WriteDown(subject);
  subject.Take(subject.RunOf("D5", absl::CivilDay(2026, 11, 20)), "standing", {0, 2}, 10);
  subject.CatchUp();
  JourneyQuery today = Query("A1", "C");
  today.day = absl::CivilDay(2026, 11, 20);  // it is ten: G1 and D5 have left
  const JourneyPage left = Look(subject, today);
  CHECK(left.journeys[1].classes[0].state == OfferState::kClosed);
  CHECK_FALSE(left.journeys[2].classes[1].waitlist);
  JourneyQuery later = Query("A1", "C");
  later.day = absl::CivilDay(2027, 1, 15);
  const JourneyPage far = Look(subject, later);
  REQUIRE(far.journeys.size() == 3);
  CHECK(far.journeys[1].sold == nullptr);
  CHECK(far.journeys[1].classes.empty());
  REQUIRE(far.journeys[1].sale_opens_at.has_value());  // thirty days before
  CHECK(DayAt(*far.journeys[1].sale_opens_at, *LoadZone("Asia/Shanghai")) ==
        absl::CivilDay(2026, 12, 16));
  CHECK_FALSE(far.journeys[0].sale_opens_at.has_value());  // K7 is never sold
  // A run that was opened before its sale begins.
  SearchSubject early;
  WriteDown(early);
  for (auto& [id, opened] : early.opened.runs) opened.run.sale_open_at += absl::Hours(24 * 30);
  BoardKeeper board(BoardKeeper::Tools{early.clock, early.cache, early.opened, 31});
  REQUIRE(early.Run(board.Refresh()).ok());
  JourneySearch search(JourneySearch::Tools{early.clock, early.cache, board, early.availability,
                                            early.opened, early.policy, 30});
  const auto page = search.Look(Query("A1", "C"));
  REQUIRE(page.ok());
  CHECK(page->journeys[1].classes[0].state == OfferState::kNotOpenYet);
  CHECK_FALSE(page->journeys[1].classes[0].on_sale);
  CHECK(page->journeys[1].sale_opens_at.has_value());
}

TEST_CASE("one change: time enough at a station, more across a city, never at the ends",
          "[slot][search][connections][W-02]") {
  SearchSubject subject;
  subject.Station("A", "Ah", "");
  subject.Station("M1", "Mid East", "Mid");
  subject.Station("M2", "Mid West", "Mid");
  subject.Station("Z1", "Zed One", "Zed");
  subject.Station("Z2", "Zed Two", "Zed");
  subject.Train("G1", "A 08:00 M1 09:00");
  subject.Train("G2", "M1 09:14 Z1 10:00");  // fourteen minutes are too few
  subject.Train("G4", "M1 09:15 Z1 10:30");
  subject.Train("G6", "M2 09:59 Z1 10:10");  // not across the city in 59 minutes
  subject.Train("G8", "M2 10:00 Z1 10:20");
  subject.Train("G9", "A 07:00 M1 09:00");    // leaves earlier and arrives no earlier: no use
  subject.Train("G10", "M1 13:30 Z2 14:00");  // waits for more than four hours after G1
  subject.Train("G12", "A 12:00 M1 13:00");
  subject.Train("G14", "A 12:30 Z2 13:00 M1 13:10");  // goes on from the destination
  subject.Open();
  JourneyQuery query = Query("A", "Zed One");
  query.connections = 10;
  const JourneyPage page = Look(subject, query);
  Words found;
  for (const ConnectionOffer& one : page.connections) {
    found.push_back(SearchSubject::Word(one.first) + ", " + SearchSubject::Word(one.second));
  }
  CHECK(found == Words{"G1 A-M1, G8 M2-Z1"});
  CHECK(Look(subject, Query("A", "Zed One")).connections.empty());
  query.destination = "Zed";
  const JourneyPage city = Look(subject, query);
  REQUIRE(city.connections.size() == 2);
  CHECK(SearchSubject::Word(city.connections[1].first) == "G12 A-M1");
  CHECK(SearchSubject::Word(city.connections[1].second) == "G10 M1-Z2");
  query.connections = 1;
  CHECK(Look(subject, query).connections.size() == 1);
  query.connections = 10;
  query.filter.train_types = {"K"};
  CHECK(Look(subject, query).connections.empty());
}

TEST_CASE("a change over midnight is found, with the classes of both trains",
          "[slot][search][connections][W-02]") {
  SearchSubject subject;
  subject.Station("A", "Ah", "");
  subject.Station("M", "Mid", "");
  subject.Station("Z", "Zed", "");
  subject.Train("K1", "A 20:00 M 23:50");
  subject.Train("K2", "M 00:20 Z 05:00");
  subject.Sell("K1", "hard-seat", 4000);
  subject.Sell("K2", "hard-seat", 4000);
  subject.Open();
  subject.Take(subject.RunOf("K2", kDay + 1), "hard-seat", {0, 1}, 3);
  subject.CatchUp();
  JourneyQuery query = Query("A", "Z");
  query.connections = 5;
  const JourneyPage page = Look(subject, query);
  REQUIRE(page.connections.size() == 1);
  CHECK(page.connections[0].first.classes.at(0).free == 10);
  CHECK(page.connections[0].second.classes.at(0).free == 7);
  CHECK(page.connections[0].second.departs_at - page.connections[0].first.arrives_at ==
        absl::Minutes(30));
}

TEST_CASE("a train that was opened goes as it was opened, once", "[slot][search][X-02]") {
  SearchSubject subject;
  WriteDown(subject);
  // The timetable changes: G1 leaves an hour later, for days that are not open yet.
  subject.catalogue.content.timetables[0].trains[0].stops[0].departs += 3600;
  subject.Open();
  JourneyQuery open = Query("A1", "C");
  const JourneyPage page = Look(subject, open);
  CHECK(SearchSubject::Words(page.journeys) == Words{"K7 A1-C", "G1 A1-C", "D5 A1-C"});
  const absl::TimeZone zone = *LoadZone("Asia/Shanghai");
  CHECK(absl::ToCivilHour(page.journeys[1].departs_at, zone) == absl::CivilHour(2026, 12, 1, 8));
  JourneyQuery later = Query("A1", "C");
  later.day = absl::CivilDay(2027, 1, 15);
  for (const JourneyOffer& offer : Look(subject, later).journeys) {
    if (offer.train == "G1") {
      CHECK(absl::ToCivilHour(offer.departs_at, zone) == absl::CivilHour(2027, 1, 15, 9));
    }
  }
}

TEST_CASE("a run is found with its whole way, on the board or long over", "[slot][search][W-02]") {
  SearchSubject subject;
  WriteDown(subject);
  const RunId id(subject.RunOf("D5", kDay));
  subject.Take(id.value(), "second", {0, 1}, 4);
  subject.CatchUp();
  const auto run = subject.Run(subject.journeys.Get(id));
  REQUIRE(run.ok());
  CHECK(run->run.stops.size() == 3);
  CHECK(run->run.stops[1].name == "Bee");
  CHECK(run->classes.at(0).free == 6);
  CHECK(run->as_of == subject.clock.Now());
  subject.clock.Advance(absl::Hours(24 * 60));
  subject.CatchUp();
  CHECK(subject.board.runs().empty());
  const auto over = subject.Run(subject.journeys.Get(id));
  REQUIRE(over.ok());
  CHECK(over->classes.at(0).state == OfferState::kClosed);
  CHECK(ReasonOf(subject.Run(subject.journeys.Get(RunId("rn-none"))).status()) == "RUN_NOT_FOUND");
}

}  // namespace houbu::slot
