// Imports on a real database: all or nothing, again and again, and what is sold stays sold.
#include "services/slot/storage/catalogue_subject.h"

namespace houbu::slot {
namespace {

ImportFiles Small(FeedFiles gtfs) {
  ImportFiles files;
  files.feed = "small";
  files.gtfs = std::move(gtfs);
  files.classes = NamedText{"classes.csv",
                            "record,train,class,kind,coach,places,from_stop,to_stop,fen\n"
                            "class,G1,second,assigned,,,,,\n"
                            "coach,G1,second,,01,01-02:AF,,,\n"
                            "fare,G1,second,,,,A1,B,10000\n"};
  return files;
}

constexpr char kCountTrains[] = "SELECT count(*) FROM trains";
constexpr char kCountRuns[] = "SELECT count(*) FROM runs WHERE trip <> ''";

}  // namespace

TEST_CASE("a feed with a fault changes nothing", "[slot][catalogue][X-02]") {
  const auto subject = CatalogueSubject::OrSkip();
  if (!subject) return;
  CHECK_FALSE(subject->Import(Small(Spoilt("trips.txt", "R,DAILY,T2", "Q,DAILY,T2"))).empty());
  CHECK(subject->Count(kCountTrains) == 0);
  REQUIRE(subject->Import(Small(SmallFeed())).empty());
  const std::int64_t version = subject->scene->Run(subject->store.Version()).value();
  CHECK(subject->Count(kCountTrains) == 2);
  ImportFiles bad_classes = Small(SmallFeed());
  bad_classes.classes->text += "rate,G9,second,,,,,,1\n";
  CHECK(subject->Import(bad_classes) == std::vector<std::string>{"classes.csv:5:6"});
  CHECK(subject->scene->Run(subject->store.Version()).value() == version);
}

TEST_CASE("an import that breaks off half way leaves what was there", "[slot][catalogue][X-02]") {
  const auto subject = CatalogueSubject::OrSkip();
  if (!subject) return;
  REQUIRE(subject->Import(Small(SmallFeed())).empty());
  FeedErrors errors;
  FeedImport broken;
  broken.feed = "small";
  broken.timetable = ParseGtfs("small", SmallFeed(), errors);
  broken.timetable->trains.pop_back();
  broken.timetable->trains.push_back(broken.timetable->trains.front());  // refused by its key
  CHECK_FALSE(subject->scene->Run(subject->store.Import(broken, absl::UnixEpoch())).ok());
  CHECK(subject->Count(kCountTrains) == 2);
  CHECK(subject->Count("SELECT count(*) FROM trains WHERE number = 'Z2'") == 1);
}

TEST_CASE("what was kept is read as it was imported", "[slot][catalogue][X-02]") {
  const auto subject = CatalogueSubject::OrSkip();
  if (!subject) return;
  REQUIRE(subject->Import(Small(SmallFeed())).empty());
  const auto catalogue = subject->cache.Current();
  FeedErrors errors;
  const FeedTimetable read = ParseGtfs("small", SmallFeed(), errors);
  REQUIRE(catalogue->timetable.feeds().size() == 1);
  const FeedTimetable& kept = catalogue->timetable.feeds()[0];
  REQUIRE(kept.trains.size() == read.trains.size());
  for (std::size_t i = 0; i < read.trains.size(); ++i) {
    CHECK(kept.trains[i].trip == read.trains[i].trip);
    REQUIRE(kept.trains[i].stops.size() == read.trains[i].stops.size());
    for (std::size_t j = 0; j < read.trains[i].stops.size(); ++j) {
      CHECK(kept.trains[i].stops[j].arrives == read.trains[i].stops[j].arrives);
      CHECK(kept.trains[i].stops[j].departs == read.trains[i].stops[j].departs);
      CHECK(kept.trains[i].stops[j].metres == read.trains[i].stops[j].metres);
    }
  }
  CHECK(kept.calendars[0].removed == read.calendars[0].removed);
  CHECK(catalogue->timetable.FindStation("A1")->city == "甲城");
}

TEST_CASE("opening runs twice opens them once, and a later day opens one more each",
          "[slot][catalogue][X-02]") {
  const auto subject = CatalogueSubject::OrSkip();
  if (!subject) return;
  REQUIRE(subject->Import(Small(SmallFeed())).empty());
  CHECK(subject->scene->Run(subject->opening.OpenHorizon()).value() == 31);
  CHECK(subject->scene->Run(subject->opening.OpenHorizon()).value() == 0);
  RunOpening another(RunOpening::Tools{subject->scene->clock, subject->cache, subject->opened,
                                       RunOpeningPolicy()});
  CHECK(subject->scene->Run(another.OpenHorizon()).value() == 0);
  subject->scene->clock.Advance(absl::Hours(24));
  CHECK(subject->scene->Run(subject->opening.OpenHorizon()).value() == 1);
  CHECK(subject->Count(kCountRuns) == 32);
  CHECK(subject->Count("SELECT count(*) FROM run_units AS u JOIN runs AS r ON r.id = u.run_id "
                       "WHERE r.trip <> ''") == 32 * 4);
}

TEST_CASE("where places are, and whose, goes from the classes file into the runs",
          "[slot][catalogue][W-12]") {
  const auto subject = CatalogueSubject::OrSkip();
  if (!subject) return;
  ImportFiles files = Small(SmallFeed());
  files.classes->text =
      "record,train,class,kind,coach,places,from_stop,to_stop,fen,positions,shares\n"
      "class,G1,sleeper,assigned,,,,,,UML,\n"
      "coach,G1,sleeper,,01,01-02:上中下,,,,,\n"
      "fare,G1,sleeper,,,,A1,B,20000,,\n"
      "class,G1,day-seat,,,,,,,,sleeper\n"
      "fare,G1,day-seat,,,,A1,B,9000,,\n";
  REQUIRE(subject->Import(files).empty());
  REQUIRE(subject->scene->Run(subject->opening.OpenHorizon()).value() == 31);
  const JourneyOffer found = subject->Journey("G1", "甲城南", "乙城", December(5));
  CHECK(ClassOf(found.classes, "day-seat").free == 6);
  Wish wish;
  wish.run = found.sold->id.value();
  wish.class_code = "sleeper";
  wish.from = "A1";
  wish.to = "B";
  wish.positions = {Position::kLowerBerth};
  const Booking booking = subject->scene->Book(wish).value();
  CHECK(booking.places[0].number == "01下");
  CHECK(ClassOf(subject->Journey("G1", "甲城南", "乙城", December(5)).classes, "day-seat").free ==
        5);
  const auto run = subject->scene->Run(subject->journeys.Get(RunId(wish.run)));
  REQUIRE(run.ok());
  CHECK(ClassOf(run->classes, "sleeper").positions == std::vector<Position>{Position::kLowerBerth,
                                                                            Position::kMiddleBerth,
                                                                            Position::kUpperBerth});
  CHECK(subject->scene->Wrongs().empty());
}

TEST_CASE("a new timetable leaves opened runs and their bookings alone",
          "[slot][catalogue][X-02]") {
  const auto subject = CatalogueSubject::OrSkip();
  if (!subject) return;
  Scene& scene = *subject->scene;
  REQUIRE(subject->Import(Small(SmallFeed())).empty());
  REQUIRE(scene.Run(subject->opening.OpenHorizon()).ok());
  const JourneyOffer before = subject->Journey("G1", "甲城南", "乙城", December(5));
  Wish wish;
  wish.run = before.sold->id.value();
  wish.from = "A1";
  wish.to = "B";
  const auto booking = scene.Book(wish);
  REQUIRE(booking.ok());

  // G1 leaves an hour later from now on, and has another number of seats.
  ImportFiles later =
      Small(Spoilt("stop_times.txt", "T1,10:00:00,10:00:00,B", "T1,11:00:00,11:00:00,B"));
  later.classes->text += "coach,G1,second,,02,01-09:AF,,,\n";
  REQUIRE(subject->Import(later).empty());
  CHECK(scene.Run(subject->opening.OpenHorizon()).value() == 0);
  const JourneyOffer after = subject->Journey("G1", "甲城南", "乙城", December(5));
  CHECK(after.sold == before.sold);
  CHECK(after.arrives_at == before.arrives_at);
  CHECK(ClassOf(after.classes, "second").free == 3);
  CHECK(scene.Load(booking->id)->state == BookingState::kHeld);
  CHECK(scene.Wrongs().empty());

  // Trains that are no longer in the timetable go while their runs are open.
  FeedFiles without = Spoilt("trips.txt", "R,DAILY,T1,G1\n", "");
  without["stop_times.txt"] =
      absl::StrReplaceAll(without["stop_times.txt"], {{"T1,08:00:00,08:00:00,A1,1,0\n", ""},
                                                      {"T1,08:30:00,08:32:00,A2,2,30.5\n", ""},
                                                      {"T1,10:00:00,10:00:00,B,3,400\n", ""}});
  ImportFiles fewer;
  fewer.feed = "small";
  fewer.gtfs = without;
  REQUIRE(subject->Import(fewer).empty());
  CHECK(subject->Trains("甲城南", "乙城", December(5)) == std::vector<std::string>{"G1"});
  const absl::CivilDay beyond = absl::CivilDay(2027, 1, 20);
  CHECK(subject->Trains("甲城南", "乙城", beyond).empty());
}

TEST_CASE("feeds live side by side, and parts not given stay", "[slot][catalogue][X-02]") {
  const auto subject = CatalogueSubject::OrSkip();
  if (!subject) return;
  CHECK(subject->ImportSample() > 100);
  REQUIRE(subject->Import(Small(SmallFeed())).empty());
  CHECK(subject->cache.Current()->timetable.feeds().size() == 2);
  CHECK_FALSE(subject->Trains("北京", "上海", December(5)).empty());
  ImportFiles timetable_only;
  timetable_only.feed = "small";
  timetable_only.gtfs = SmallFeed();
  REQUIRE(subject->Import(timetable_only).empty());
  CHECK(subject->Count("SELECT count(*) FROM train_classes WHERE feed = 'small'") == 1);
  CHECK(subject->Count("SELECT count(*) FROM windows WHERE feed = 'sample'") == 11);
}

TEST_CASE("folders, zip files and what is neither", "[slot][catalogue][X-02]") {
  boost::asio::io_context loop;
  async::WorkerPool workers{async::WorkerPoolOptions()};
  FeedFolder source(workers);
  const std::string sample = (RepositoryRoot() / "services/slot/sample").string();
  const auto folder = testing::RunTask(loop, source.ReadGtfs(sample + "/gtfs"));
  REQUIRE(folder.ok());
  CHECK(folder->size() == 7);
  for (const std::string& bad : {sample, sample + "/nothing", sample + "/classes.csv"}) {
    CAPTURE(bad);
    CHECK(absl::IsInvalidArgument(testing::RunTask(loop, source.ReadGtfs(bad)).status()));
  }
  CHECK_FALSE(testing::RunTask(loop, source.ReadText(sample + "/none.csv")).ok());
}

TEST_CASE("China's timetable comes in whole, and Beijing finds Shanghai by city",
          "[slot][catalogue][X-02][W-02]") {
  const std::filesystem::path feed = RealFeedOrSkip("china-hsr-2016.zip");
  if (feed.empty()) return;
  const auto subject = CatalogueSubject::OrSkip();
  if (!subject) return;
  ImportFiles files;
  files.feed = "china";
  files.gtfs = subject->scene->Run(subject->source.ReadGtfs(feed.string())).value();
  const auto report = subject->scene->Run(subject->import.Import(std::move(files)));
  REQUIRE(report.ok());
  CHECK(PlacesOf(report->errors).empty());
  CHECK(report->stations == 672);
  CHECK(report->trips == 4402);
  CHECK(report->stop_times == 34306);
  CHECK(subject->Count("SELECT count(*) FROM train_stops") == 34306);
  REQUIRE(subject->scene->Run(subject->cache.Refresh()).ok());
  const JourneyPage page = subject->Search("北京", "上海", December(5));
  CHECK(page.journeys.size() > 35);
  std::set<std::string> stations;
  for (const JourneyOffer& offer : page.journeys) {
    CHECK(offer.sold == nullptr);
    CHECK(offer.classes.empty());
    CHECK(offer.arrives_at > offer.departs_at);
    stations.emplace(offer.to.data(), offer.to.size());
  }
  CHECK(stations.contains("AOH"));
  CHECK(stations.contains("SHH"));
  CHECK(subject->Journey("G13", "北京南", "上海虹桥", December(5)).from == "VNP");
}

TEST_CASE("other real feeds come in whole", "[slot][catalogue][X-02]") {
  boost::asio::io_context loop;
  async::WorkerPool workers{async::WorkerPoolOptions()};
  FeedFolder source(workers);
  for (const char* name : {"caltrain_20160406", "caltrain_lite", "bart"}) {
    const std::filesystem::path feed = RealFeedOrSkip(std::string(name) + ".zip");
    if (feed.empty()) continue;
    CAPTURE(name);
    const auto files = testing::RunTask(loop, source.ReadGtfs(feed.string()));
    REQUIRE(files.ok());
    FeedErrors errors;
    const FeedTimetable timetable = ParseGtfs(name, *files, errors);
    for (const FeedError& error : errors.reported()) UNSCOPED_INFO(Format(error));
    CHECK(errors.empty());
    CHECK(timetable.trains.size() > 200);
  }
}

}  // namespace houbu::slot
